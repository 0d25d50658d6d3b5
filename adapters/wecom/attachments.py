"""Text and attachments, as mass posts and welcome words take them (pages 92135 and 92137)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.wecom.outgoing import MAX_DESCRIPTION, MAX_TITLE, cut
from core.parts import AnyPart, Card, File, Image, Link, Video, as_text

MOST = 9


def attached(parts: Sequence[AnyPart]) -> dict[str, Any]:
    """``text`` and ``attachments``; what is no attachment becomes text."""
    found = [(part, _one(part)) for part in parts]
    attachments = [own for _, own in found if own][:MOST]
    words = "\n".join(filter(None, (as_text(part) for part, own in found if not own)))
    body: dict[str, Any] = {"text": {"content": words}} if words else {}
    return body | ({"attachments": attachments} if attachments else {})


def _one(part: AnyPart) -> dict[str, Any] | None:
    match part:
        case Image(media_id=media) if media:
            kind, own = "image", {"media_id": media}
        case Video(media_id=media) if media:
            kind, own = "video", {"media_id": media}
        case File(media_id=media) if media:
            kind, own = "file", {"media_id": media}
        case Link(url=url, title=title, description=told) if url:
            kind = "link"
            own = {"title": cut(title or url, MAX_TITLE), "url": url}
            own |= {"desc": cut(told, MAX_DESCRIPTION)} if told else {}
        case Card(kind="miniprogram", title=title, data=data) if data.get("app_id"):
            kind, named = "miniprogram", {"appid": "app_id", "page": "path"}
            own = {field: str(data.get(name, "")) for field, name in named.items()}
            own |= {"title": cut(title, 64), "pic_media_id": str(data.get("picture_id", ""))}
        case _:
            return None
    return {"msgtype": kind, kind: own}
