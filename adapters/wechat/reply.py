"""The passive answer as XML ("Passive user reply message").

Own renderer: text from customers must not be able to add elements to the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from adapters.wechat.shape import clean, described, shape
from core.parts import AnyPart, Card, Image, Link, Menu, Text, Video, Voice, as_text

Tree: TypeAlias = "Mapping[str, Tree | str | int]"


def render(parts: Sequence[AnyPart], to: str, sender: str, created: int) -> str | None:
    """The document, or ``None`` when nothing is left to be shown.

    ``to`` is the openid, ``sender`` the account's original id, ``created`` seconds since 1970.
    """
    body = _body(parts)
    if body is None:
        return None
    envelope = {"ToUserName": to, "FromUserName": sender, "CreateTime": created}
    return f"<xml>{_elements({**envelope, **body})}</xml>"


def transfer(to: str, sender: str, created: int) -> str:
    """The document that hands the customer's message to the account's own servicers.

    It names none: one who is not there would keep the customer waiting for ever.
    """
    envelope = {"ToUserName": to, "FromUserName": sender, "CreateTime": created}
    return f"<xml>{_elements({**envelope, 'MsgType': 'transfer_customer_service'})}</xml>"


def _body(parts: Sequence[AnyPart]) -> Tree | None:
    part = shape(parts)
    if isinstance(part, Menu) or (isinstance(part, Card) and part.kind == "miniprogram"):
        part = Text(as_text(part))  # only the API has these
    match part:
        case Text(text=words):
            return {"MsgType": "text", "Content": words} if words.strip() else None
        case Image(media_id=media):
            return {"MsgType": "image", "Image": {"MediaId": media}}
        case Voice(media_id=media):
            return {"MsgType": "voice", "Voice": {"MediaId": media}}
        case Video(media_id=media):
            return {"MsgType": "video", "Video": {"MediaId": media}}
        case Link(url=url, title=title, description=description):
            return _news(title, description, "", url)
        case Card(url=url, title=title, data=data):
            return _news(title, described(data), str(data.get("picture", "")), url)


def _news(title: str, description: str, picture: str, url: str) -> Tree:
    """One article: the platform shows no second one since 2018."""
    article = {"Title": title, "Description": description, "PicUrl": picture, "Url": url}
    return {"MsgType": "news", "ArticleCount": 1, "Articles": {"item": article}}


def _elements(tree: Tree) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in tree.items())


def _value(value: Tree | str | int) -> str:
    if isinstance(value, int):
        return str(value)
    return _cdata(value) if isinstance(value, str) else _elements(value)


def _cdata(words: str) -> str:
    """Any text as character data; the end mark inside it is split over two sections."""
    return f"<![CDATA[{clean(words).replace(']]>', ']]]]><![CDATA[>')}]]>"
