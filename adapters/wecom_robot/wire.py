"""An outbound message as the body of the group robot's one call.

Limits and shapes: page 99110 of the platform's documents (message types of the group robot).
All limits count bytes of UTF-8.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.message import Outbound
from core.parts import AnyPart, Card, Image, Link, Text, as_text

MAX_TEXT = 2048
MAX_MARKDOWN = 4096
MAX_TITLE = 128
MAX_DESCRIPTION = 512
EVERYONE = "@all"
_PHONE = re.compile(r"^1\d{10}$")
Body = Mapping[str, Any]


class UnfitError(Exception):
    """The platform would refuse this message; ``args[0]`` is the short reason."""


def lone_image(parts: Sequence[AnyPart]) -> Image | None:
    """The picture, if the message is nothing else."""
    match tuple(parts):
        case (Image() as image,):
            return image
        case _:
            return None


def body(message: Outbound, style: str) -> Body:
    """The call's body for words and links; raises :class:`UnfitError` when it is too long.

    A link alone becomes a preview. Beside words, or with somebody to notify, it becomes part of
    the text, because a preview notifies nobody.
    """
    match message.parts:
        case (Link() | Card() as link,) if link.url and not message.mention:
            return _news(link)
        case _:
            words = "\n".join(filter(None, map(as_text, message.parts)))
    if style == "markdown" and EVERYONE not in message.mention and _only_text(message.parts):
        return _markdown(words, message.mention)
    return _text(words, message.mention)


def _only_text(parts: Sequence[AnyPart]) -> bool:
    return all(isinstance(part, Text) for part in parts)


def _text(words: str, mention: Sequence[str]) -> Body:
    text: dict[str, Any] = {"content": _fit(words, MAX_TEXT)}
    if people := [who for who in mention if not _PHONE.match(who)]:
        text["mentioned_list"] = people
    if phones := [who for who in mention if _PHONE.match(who)]:
        text["mentioned_mobile_list"] = phones
    return {"msgtype": "text", "text": text}


def _markdown(words: str, mention: Sequence[str]) -> Body:
    called = " ".join(f"<@{who}>" for who in mention)
    content = _fit(f"{words}\n{called}" if called else words, MAX_MARKDOWN)
    return {"msgtype": "markdown", "markdown": {"content": content}}


def _news(link: Link | Card) -> Body:
    told = link.description if isinstance(link, Link) else link.data.get("description", "")
    article = {
        "title": cut(link.title or link.url, MAX_TITLE),
        "description": cut(str(told), MAX_DESCRIPTION),
        "url": link.url,
    }
    if isinstance(link, Card) and isinstance(picture := link.data.get("image"), str):
        article["picurl"] = picture
    return {"msgtype": "news", "news": {"articles": [article]}}


def _fit(words: str, limit: int) -> str:
    """The words; cutting them silently would change what was said, so too many are refused."""
    if not words:
        raise UnfitError("empty")
    if len(words.encode()) > limit:
        raise UnfitError("too-long")
    return words


def cut(words: str, limit: int) -> str:
    """As much of a preview's words as fit, whole characters only."""
    data = words.encode()
    if len(data) <= limit:
        return words
    mark = "…"
    return data[: limit - len(mark.encode())].decode(errors="ignore") + mark
