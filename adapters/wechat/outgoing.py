"""The customer-service message as JSON ("Send customer-service messages")."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from adapters.wechat.shape import clean, described, shape
from core.parts import AnyPart, Card, Image, Link, Menu, Option, Text, Video, Voice


def payload(openid: str, parts: Sequence[AnyPart]) -> dict[str, Any] | None:
    """What to post for ``openid``, or ``None`` when nothing is left to be shown."""
    kind, content = _content(parts)
    return {"touser": openid, "msgtype": kind, kind: content} if content else None


def _content(parts: Sequence[AnyPart]) -> tuple[str, dict[str, Any]]:
    match shape(parts):
        case Text(text=words):
            return "text", {"content": words} if words.strip() else {}
        case Image(media_id=media):
            return "image", {"media_id": media}
        case Voice(media_id=media):
            return "voice", {"media_id": media}
        case Video(media_id=media, thumb_id=thumb):
            still = {"thumb_media_id": thumb} if thumb else {}
            return "video", {"media_id": media, **still}
        case Link(url=url, title=title, description=description):
            article = {"title": clean(title), "description": clean(description), "url": url}
            return "news", {"articles": [article]}  # exactly one, else 45008
        case Card(kind="miniprogram", title=title, data=data):
            page = {"appid": data["app_id"], "pagepath": data["path"]}
            return "miniprogrampage", {
                "title": clean(title),
                **page,
                "thumb_media_id": data["picture_id"],
            }
        case Card(url=url, title=title, data=data):
            article = {"title": clean(title), "description": described(data), "url": url}
            picture = {"picurl": str(data["picture"])} if data.get("picture") else {}
            return "news", {"articles": [{**article, **picture}]}
        case Menu(head=head, options=options, tail=tail):
            asked = [option for option in options if not option.opens]
            choices = [{"id": option.id, "content": clean(option.label)} for option in asked]
            links = [_anchor(option) for option in options if option.opens]
            return "msgmenu", {
                "head_content": clean(head),
                "list": choices,
                "tail_content": "\n".join(filter(None, (*links, clean(tail)))),
            }


def _anchor(option: Option) -> str:
    """A choice that opens a page: the platform's menus know none, its texts know links."""
    return f'<a href="{escape(option.id)}">{clean(option.label)}</a>'
