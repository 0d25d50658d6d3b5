"""The one shape a message leaves in: the platform's own where it has one, otherwise text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.parts import AnyPart, Card, Image, Link, Menu, Text, Video, Voice, as_text

# Characters that XML 1.0 forbids; the API's JSON is better off without them, too.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Shape = Text | Image | Voice | Video | Link | Menu | Card


def shape(parts: Sequence[AnyPart]) -> Shape:
    """A single part that the platform can show; several parts become one text.

    Pictures and sounds need a media id: an address alone degrades to text. A mini-program card
    needs its page and a picture (see :mod:`adapters.wechat.media`), any other card an address.
    """
    if len(parts) == 1:
        match parts[0]:
            case Link() as part:
                return part
            case Menu(options=options) if not all(option.opens for option in options):
                return parts[0]
            case Card(kind="miniprogram", data=data):
                if all(data.get(name) for name in ("app_id", "path", "picture_id")):
                    return parts[0]
            case Card(url=url) if url:
                return parts[0]
            case Image(media_id=media) | Voice(media_id=media) | Video(media_id=media) if media:
                return parts[0]
            case _:
                pass
    return Text(clean("\n".join(filter(None, map(as_text, parts)))))


def clean(words: str) -> str:
    """The words without control characters."""
    return _FORBIDDEN.sub("", words)


def described(data: Mapping[str, Any]) -> str:
    """The words under the title of a card: its description, or its price."""
    return clean(str(data.get("description") or data.get("price") or ""))
