"""Live events as the core's messages, and the room's own news as journal entries."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import msgspec

from adapters.bilibili.commands import LiveEvent
from core.message import ConversationKind, Inbound, Sender
from core.parts import AnyPart, Event, Text

_MAX_ID = 128
_MAX_NAME = 80
_MAX_TEXT = 2000  # characters; the platform's own limit is far below
_TALK = frozenset({"comment", "mirror_comment", "superchat"})
BOARD = {
    "live_start": "stream_started",
    "live_end": "stream_ended",
    "session_end": "session_ended",
}
"""Kinds that are news of the room and not a person's doing, with their names in the journal."""


def inbound(event: LiveEvent, room: str, host: str, now: datetime) -> Inbound:
    """The message of one event; ``room`` is the session's room, ``host`` the streamer's open id.

    ``now`` stands in when the platform's stamp is missing or absurd.
    """
    key = _key(event)
    return Inbound(
        key=key,
        conversation=_id(event.room_id) or room,
        sender=_sender(event, key, host),
        parts=_parts(event),
        sent_at=_moment(event.at_ms, now),
        kind=ConversationKind.LIVE,
        trigger="message" if event.kind in _TALK else "",
        context=_context(event),
    )


def news(event: LiveEvent, room: str) -> dict[str, Any]:
    """The journal's data for an event of :data:`BOARD`."""
    return {"room": _id(event.room_id) or room, **event.details}


def _id(value: str) -> str:
    """An id as it came, or nothing: one that no table could hold would cost its neighbours too."""
    return value if len(value) <= _MAX_ID else ""


def _key(event: LiveEvent) -> str:
    """The platform's message id; without a usable one, a digest of the whole event.

    So a frame that comes twice is one message, also after the line was lost in between.
    """
    if _id(event.message_id):
        return event.message_id
    digest = hashlib.sha256(msgspec.json.encode(event)).hexdigest()
    return f"{event.kind}-{digest[:32]}"


def _sender(event: LiveEvent, key: str, host: str) -> Sender:
    if event.kind == "superchat_delete":  # moderation has no person to name
        return Sender(id=f"room:{_id(event.room_id)}", role="host")
    name = event.user_name[:_MAX_NAME]
    if not _id(event.user_id):  # unknown people must not become one person
        return Sender(id=f"anonymous:{key}", name=name)
    role = "staff" if event.details.get("is_moderator") else "customer"
    if event.user_id == host:
        role = "host"
    return Sender(id=event.user_id, name=name, union_id=_id(event.union_id), role=role)


def _parts(event: LiveEvent) -> tuple[AnyPart, ...]:
    words = event.text[:_MAX_TEXT]
    if event.kind in {"comment", "mirror_comment"}:
        return (Text(words),)
    if event.kind == "superchat":  # paid, and usually a question as well
        return (Text(words), Event("superchat", data=event.details))
    return (Event(event.kind, key=words if event.kind == "emoticon" else "", data=event.details),)


def _context(event: LiveEvent) -> dict[str, Any]:
    context: dict[str, Any] = {}
    if event.kind == "mirror_comment":
        context["mirrored"] = True
    if reply_to := event.details.get("reply_to_user_id"):
        context["reply_to_user"] = reply_to
    return context


def _moment(at_ms: int, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC) if at_ms > 0 else now
    except (ValueError, OverflowError, OSError):
        return now
