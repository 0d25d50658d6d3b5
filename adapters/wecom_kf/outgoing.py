"""One message as ``send_msg`` takes it; what it cannot carry becomes text (page 94677)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.parts import (
    AnyPart,
    Card,
    File,
    Image,
    Link,
    Location,
    Menu,
    Option,
    Video,
    Voice,
    as_text,
)

PARTS = frozenset({"text", "image", "voice", "video", "file", "menu", "location", "card"})
MAX_ITEMS, MAX_ID, MAX_LABEL, MAX_TAIL = 10, 64, 128, 1024  # bytes of UTF-8, but for the first
MAX_DESCRIPTION, MAX_URL = 512, 2048
Content = tuple[str, dict[str, Any]]


def content(parts: Sequence[AnyPart], picture: str = "") -> Content | None:
    """``msgtype`` and the object of that name, or ``None`` when nothing is left to be shown.

    ``picture`` is the media id that a link needs beside it.
    """
    if len(parts) == 1 and (own := _own(parts[0], picture)):
        return own
    words = "\n".join(filter(None, map(as_text, parts)))
    return ("text", {"content": words}) if words.strip() else None


def _own(part: AnyPart, picture: str) -> Content | None:
    match part:
        case Link() if picture and _size(part.url) <= MAX_URL:
            return "link", {
                "title": cut(part.title or part.url, MAX_LABEL),
                "desc": cut(part.description, MAX_DESCRIPTION),
                "url": part.url,
                "thumb_media_id": picture,
            }
        case Image(media_id=media) if media:
            return "image", {"media_id": media}
        case Voice(media_id=media) if media:
            return "voice", {"media_id": media}
        case Video(media_id=media) if media:
            return "video", {"media_id": media}
        case File(media_id=media) if media:
            return "file", {"media_id": media}
        case Location():
            place = {"name": part.label, "address": part.label}
            return "location", {**place, "latitude": part.latitude, "longitude": part.longitude}
        case Card(kind="miniprogram"):
            return _miniprogram(part)
        case Menu():
            return _menu(part)
        case _:
            return None


def _miniprogram(card: Card) -> Content | None:
    names = {"appid": "app_id", "pagepath": "path", "thumb_media_id": "picture_id"}
    data = {field: str(card.data.get(name, "")) for field, name in names.items()}
    return ("miniprogram", {"title": card.title, **data}) if all(data.values()) else None


def _menu(menu: Menu) -> Content | None:
    """A menu over the platform's limits is better read as a numbered list than refused (95008)."""
    fits = 0 < len(menu.options) <= MAX_ITEMS and _size(menu.tail) <= MAX_TAIL
    if not fits or not all(map(_fits, menu.options)):
        return None
    choices = [_item(option) for option in menu.options]
    told = {"head_content": menu.head, "list": choices, "tail_content": menu.tail}
    return "msgmenu", {name: value for name, value in told.items() if value}


def _item(option: Option) -> dict[str, Any]:
    """A choice to be clicked; one whose id is an address opens it instead."""
    if option.opens:
        return {"type": "view", "view": {"url": option.id, "content": option.label}}
    return {"type": "click", "click": {"id": option.id, "content": option.label}}


def _fits(option: Option) -> bool:
    longest = MAX_URL if option.opens else MAX_ID
    return _size(option.id) <= longest and _size(option.label) <= MAX_LABEL


def cut(words: str, limit: int) -> str:
    """As much of a preview's words as fit, whole characters only."""
    data = words.encode()
    mark = "…"
    if len(data) <= limit:
        return words
    return data[: limit - len(mark.encode())].decode(errors="ignore") + mark


def _size(words: str) -> int:
    return len(words.encode())
