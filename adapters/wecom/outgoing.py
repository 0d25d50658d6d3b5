"""One message to members as ``message/send`` takes it (page 90236)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.parts import AnyPart, Card, File, Image, Link, Menu, Option, Text, Video, Voice, as_text

PARTS = frozenset({"text", "image", "voice", "video", "file", "link", "card", "menu", "event"})
MAX_TITLE, MAX_DESCRIPTION, MAX_URL = 128, 512, 2048  # bytes of UTF-8
MAX_BUTTONS, MAX_KEY = 6, 1024
SHOWN_TITLE, SHOWN_HEAD, SHOWN_LABEL = 36, 160, 10  # characters that a card shows of them
Content = tuple[str, dict[str, Any]]


def content(parts: Sequence[AnyPart], card_id: str, style: str) -> Content | None:
    """``msgtype`` and the object of that name, or ``None`` when nothing is left to be shown.

    ``style`` is how words leave, ``text`` or ``markdown``; ``card_id`` names a card with buttons.
    """
    if len(parts) == 1 and (own := _own(parts[0], card_id)):
        return own
    words = "\n".join(filter(None, map(as_text, parts)))
    if not words.strip():
        return None
    plain = any(not isinstance(part, Text) for part in parts)
    return "text" if plain else style, {"content": words}


def _own(part: AnyPart, card_id: str) -> Content | None:
    match part:
        case Image(media_id=media) if media:
            return "image", {"media_id": media}
        case Voice(media_id=media) if media:
            return "voice", {"media_id": media}
        case Video(media_id=media) if media:
            return "video", {"media_id": media}
        case File(media_id=media) if media:
            return "file", {"media_id": media}
        case Link(url=url, title=title, description=told) if 0 < size(url) <= MAX_URL:
            return _linked(url, title, told)
        case Card(url=url, title=title, data=data) if 0 < size(url) <= MAX_URL:
            return _linked(url, title, str(data.get("description", "")))
        case Menu():
            return _buttons(part, card_id)
        case _:
            return None


def _linked(url: str, title: str, told: str) -> Content:
    title = cut(title or url, MAX_TITLE)
    return "textcard", {
        "title": title,
        "description": cut(told, MAX_DESCRIPTION) or title,
        "url": url,
    }


def _buttons(menu: Menu, card_id: str) -> Content | None:
    """A card whose buttons come back as a ``choice``; an id that is an address opens it instead.

    What the card would cut off is better read as a numbered list.
    """
    title, _, rest = menu.head.partition("\n")
    if len(title) > SHOWN_TITLE:
        title, rest = "", menu.head
    told = "\n".join(filter(None, (rest, menu.tail)))
    fits = 0 < len(menu.options) <= MAX_BUTTONS and len(told) <= SHOWN_HEAD and (title or told)
    if not fits or any(len(o.label) > SHOWN_LABEL or size(o.id) > MAX_KEY for o in menu.options):
        return None
    card: dict[str, Any] = {
        "card_type": "button_interaction",
        "task_id": card_id,
        "button_list": [_button(option) for option in menu.options],
    }
    card |= {"main_title": {"title": title}} if title else {}
    return "template_card", card | ({"sub_title_text": told} if told else {})


def _button(option: Option) -> dict[str, Any]:
    if option.opens:
        return {"text": option.label, "type": 1, "url": option.id}
    return {"text": option.label, "type": 0, "key": option.id}


def cut(words: str, limit: int) -> str:
    """As much of a preview's words as fit, whole characters only."""
    data, mark = words.encode(), "…"
    if len(data) <= limit:
        return words
    return data[: limit - len(mark.encode())].decode(errors="ignore") + mark


def size(words: str) -> int:
    """Bytes of UTF-8."""
    return len(words.encode())
