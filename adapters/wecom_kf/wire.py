"""What customers and servicers say, in the words of the core (page 94670)."""

from __future__ import annotations

from collections.abc import Callable

from adapters._weixin.loose import listing, mapping
from adapters.wecom_kf.item import Item, Origin
from core.message import Inbound, Sender
from core.parts import (
    AnyPart,
    Card,
    Event,
    File,
    Image,
    Link,
    Location,
    Menu,
    Option,
    Text,
    Video,
    Voice,
)

Parts = tuple[AnyPart, ...]


def said(item: Item) -> Inbound:
    """A message of the customer, or of the servicer who talks to the customer in WeCom.

    A servicer's message makes the conversation the servicer's, so the bot hears it and is silent.
    """
    staff = item.origin == Origin.SERVICER
    agent = f"agent:{item.servicer_userid}"
    sender = Sender(id=item.customer)
    if staff:
        sender = Sender(id=f"servicer:{item.servicer_userid}", name=agent, role="staff")
    return Inbound(
        key=item.msgid,
        conversation=item.conversation,
        sender=sender,
        parts=parts_of(item),
        sent_at=item.at,
        trigger="" if staff else "message",
        owner=agent if staff else "",
    )


def parts_of(item: Item) -> Parts:
    """The content; a type that nobody knows yet is kept whole as an event."""
    reader = _READERS.get(item.msgtype)
    return reader(item) if reader else (Event("unknown", item.msgtype[:64], item.body),)


def _text(item: Item) -> Parts:
    choice = item.word("menu_id")
    words = Text(item.word("content"))
    return (words, Event("choice", choice)) if choice else (words,)


def _location(item: Item) -> Parts:
    label = " ".join(filter(None, (item.word("name"), item.word("address"))))
    return (Location(item.number("latitude"), item.number("longitude"), label),)


def _miniprogram(item: Item) -> Parts:
    data = {"app_id": "appid", "path": "pagepath", "picture_id": "thumb_media_id"}
    return (_card("miniprogram", item, data),)


def _product(item: Item) -> Parts:
    data = {"id": "product_id", "price": "sales_price", "shop": "shop_nickname"}
    return (_card("product", item, data | {"image": "head_image"}),)


def _order(item: Item) -> Parts:
    data = {"id": "order_id", "price": "price_wording", "state": "state"}
    data |= {"shop": "shop_nickname", "image": "image_url"}
    return (_card("order", item, data, title="product_titles"),)


def _card(kind: str, item: Item, data: dict[str, str], title: str = "title") -> Card:
    return Card(kind, item.word(title), data={name: item.word(key) for name, key in data.items()})


def _menu(item: Item) -> Parts:
    listed = [mapping(entry) for entry in listing(item.body.get("list"))]
    choices = [mapping(entry["click"]) for entry in listed if entry.get("click")]
    options = tuple(Option(str(c.get("id", "")), str(c.get("content", ""))) for c in choices)
    return (Menu(item.word("head_content"), options, item.word("tail_content")),)


_READERS: dict[str, Callable[[Item], Parts]] = {
    "text": _text,
    "image": lambda item: (Image(media_id=item.word("media_id")),),
    "voice": lambda item: (Voice(media_id=item.word("media_id"), format="amr"),),
    "video": lambda item: (Video(media_id=item.word("media_id")),),
    "file": lambda item: (File(media_id=item.word("media_id")),),
    "location": _location,
    "link": lambda item: (Link(item.word("url"), item.word("title"), item.word("desc")),),
    "business_card": lambda item: (_card("business_card", item, {"id": "userid"}),),
    "miniprogram": _miniprogram,
    "msgmenu": _menu,
    "channels_shop_product": _product,
    "channels_shop_order": _order,
    "channels": lambda item: (_card("channels", item, {"nickname": "nickname"}),),
}
