"""The rooms where staff read notices: no conversations of customers, so the desk shows none.

Their notices name customers of every kind, and not all who see groups may read of those.
"""

from __future__ import annotations

from collections.abc import Iterable

from tortoise.expressions import Q

from core.message import ConversationKind
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


def of_staff(desk: Services, conversation: Conversation) -> bool:
    """Whether that is one of them."""
    return (conversation.channel, conversation.external_id) in places_of_staff(desk)


async def kinds_shown(desk: Services, numbers: Iterable[int]) -> dict[int, ConversationKind]:
    """The kinds of these conversations; those of staff are left out, as if they were not there."""
    rows = await Conversation.filter(id__in=set(numbers))
    return {row.id: row.kind for row in rows if not of_staff(desk, row)}


async def staff_rooms(desk: Services) -> list[int]:
    """Their conversations, as far as anything was said there."""
    places = [Q(channel=channel, external_id=room) for channel, room in places_of_staff(desk)]
    if not places:
        return []
    found = await Conversation.filter(Q(*places, join_type=Q.OR)).values_list("id", flat=True)
    return [int(str(number)) for number in found]
