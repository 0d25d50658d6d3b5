"""The rooms where staff read notices: no conversations of customers, so no list shows them."""

from __future__ import annotations

from collections.abc import Iterable

from tortoise.expressions import Q

from core.store.models import Conversation
from plugins.console.ask import Services
from plugins.handoff.face import StaffRoom

Place = tuple[str, str]  # a channel, and the platform's number of the room there


def places_of_staff(desk: Services) -> set[Place]:
    """Every room that the settings name."""
    rooms: Iterable[StaffRoom | None] = (
        desk.handoff.staff,
        desk.compensation.staff if desk.compensation else None,
        *desk.complaints.levels,
        *(ear.room for ear in (desk.settings.sla.hears if desk.settings.sla else ())),
    )
    return {(room.channel, room.conversation) for room in rooms if room is not None}


async def staff_rooms(desk: Services) -> list[int]:
    """Their conversations, as far as anything was said there."""
    places = [Q(channel=channel, external_id=room) for channel, room in places_of_staff(desk)]
    if not places:
        return []
    found = await Conversation.filter(Q(*places, join_type=Q.OR)).values_list("id", flat=True)
    return [int(str(number)) for number in found]
