"""What the owner writes to the bot, in the words of the core."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from adapters.ilink.files import media_id
from core.message import Inbound, Sender
from core.parts import AnyPart, Event, File, Image, Text, Video, Voice

_USER = 1  # message_type; 2 is the bot
_MAX_ID = 128
TEXT, IMAGE, VOICE, FILE, VIDEO = 1, 2, 3, 4, 5


class Update(msgspec.Struct, frozen=True):
    """One entry of ``msgs``. Ids are whole numbers of 64 bits."""

    from_user_id: str
    message_id: int = 0
    seq: int = 0
    create_time_ms: int = 0
    message_type: int = 0
    context_token: str = ""
    item_list: list[dict[str, Any]] = []

    @property
    def at(self) -> datetime:
        """When it was sent."""
        return datetime.fromtimestamp(self.create_time_ms / 1000, UTC)


def update(entry: object) -> Update | None:
    """An entry of the list; ``None`` when it makes no sense."""
    try:
        found = msgspec.convert(entry, Update)
    except msgspec.ValidationError:
        return None
    sound = 0 < len(found.from_user_id) <= _MAX_ID and 0 <= found.create_time_ms < 1 << 45
    return found if sound else None


def said(found: Update) -> Inbound | None:
    """The message, or ``None`` for one that the bot itself has sent."""
    if found.message_type != _USER:
        return None
    who = found.from_user_id
    fallback = f"{who}:{found.create_time_ms}:{found.seq}"
    parts = tuple(_part(item) for item in found.item_list) or (Event("empty"),)
    return Inbound(
        key=f"id:{found.message_id}" if found.message_id else fallback,
        conversation=who,
        sender=Sender(id=who),
        parts=parts,
        sent_at=found.at,
    )


def _part(item: dict[str, Any]) -> AnyPart:
    """One item. What leads to its file, and opens it, is the ``media_id``."""
    kind = item.get("type")
    match kind:
        case 1:
            return Text(_word(item, "text_item", "text"))
        case 2:
            return Image(media_id=_media(item, "image_item"))
        case 3:
            words = _word(item, "voice_item", "text")
            return Voice(_media(item, "voice_item"), format="silk", transcript=words)
        case 4:
            return File(_word(item, "file_item", "file_name"), _media(item, "file_item"))
        case 5:
            return Video(media_id=_media(item, "video_item"))
        case _:
            return Event("unknown", str(kind)[:64], item)


def _word(item: dict[str, Any], name: str, key: str) -> str:
    inner: object = item.get(name)
    value: object = msgspec.convert(inner, dict[str, Any]).get(key) if _is_object(inner) else ""
    return value if isinstance(value, str) else ""


def _media(item: dict[str, Any], name: str) -> str:
    inner: object = item.get(name)
    if not _is_object(inner):
        return ""
    found = msgspec.convert(inner, dict[str, Any])
    return media_id(found.get("media"), found.get("aeskey"))


def _is_object(value: object) -> bool:
    return isinstance(value, dict)
