"""Groups and live rooms: which of them hear of an incident, and which have heard (S-336)."""

from __future__ import annotations

from collections.abc import Sequence

from core.message import ConversationKind
from core.store.models import Conversation, Message
from plugins.incidents.models import Affected, Incident

NEWS, OVER = "notice", "resolved"
ROOMS = (ConversationKind.GROUP, ConversationKind.LIVE)


def room_key(number: str, what: str, room: int) -> str:
    """The outbox key of the words to one room: ``what`` is :data:`NEWS` or :data:`OVER`."""
    return f"incident:{number}:{what}:room:{room}"


async def hearing(incident: Incident) -> dict[int, Conversation]:
    """Those that hear of it: named, or it was spoken of there and a lead did not spare them."""
    rows = Affected.filter(incident_id=incident.id).exclude(heard_in=0).only("heard_in")
    numbers = {row.heard_in for row in await rows} | set(incident.rooms)
    found = await Conversation.filter(id__in=numbers - set(incident.spared), kind__in=ROOMS)
    return {row.id: row for row in found}


async def told(incident: Incident, rooms: Sequence[Conversation]) -> set[int]:
    """Which of these have the notice in their outbox."""
    keys = {room_key(incident.number, NEWS, room.id): room.id for room in rooms}
    channels = {room.channel for room in rooms}
    sent = Message.filter(direction="out", channel__in=channels, key__in=list(keys))
    return {keys[row.key] for row in await sent.only("key")}
