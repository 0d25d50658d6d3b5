"""The frames between the page and the server, as JSON with a ``type``.

The page opens with ``hello`` (who it is, the last id it has) and gets ``welcome`` and what it
missed. ``say`` is answered by ``accepted`` once it is durable, or by ``refused``. ``sync`` asks
again for whatever came after an id, so nothing depends on a push having arrived.
"""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from core.adapter import HistoryItem
from core.message import Outbound
from core.parts import AnyPart, Card, Event, Image, Link, Menu, Text, as_text

SHOWN = (Text, Menu, Link, Image, Card)
MAX_FRAME = 16 * 1024

Id = Annotated[int, Meta(ge=0, le=2**53)]
ClientId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,40}\Z")]
Short = Annotated[str, Meta(max_length=64)]
Context = Annotated[dict[Short, Annotated[str, Meta(max_length=300)]], Meta(max_length=8)]


class Frame(Struct, frozen=True, tag_field="type", tag=str.lower):
    """Base of all frames, both ways."""


class Proof(Struct, frozen=True):
    """The shop's word for a customer, see :func:`adapters.webchat.identity.sign_customer`."""

    id: str
    expires: Id
    signature: str


class Hello(Frame, frozen=True):
    """The first frame. ``token`` and ``customer`` come from an embedded page."""

    after: Id = 0
    locale: Short = ""
    token: Annotated[str, Meta(max_length=256)] = ""
    customer: Proof | None = None
    context: Context = {}


class Say(Frame, frozen=True):
    """A message of the visitor; ``id`` is the page's own and the same on every attempt."""

    id: ClientId
    text: str
    choice: Short = ""


class Typing(Frame, frozen=True):
    """Somebody is writing: the visitor towards us, the shop towards the page."""


class Draft(Frame, frozen=True):
    """What the answer says so far; an empty text takes it away. The answer comes as an item."""

    text: str


class Got(Frame, frozen=True):
    """The page has every message up to ``id``."""

    id: Id


class Seen(Frame, frozen=True):
    """The person saw every message up to ``id``."""

    id: Id


class Sync(Frame, frozen=True):
    """Send whatever came after ``after``; also shows both sides that the line is alive."""

    after: Id


class Speak(Frame, frozen=True):
    """The visitor switched the language."""

    locale: Short


class Item(Struct, frozen=True):
    """One message as the page shows it; ``key`` is the client id of the visitor's own."""

    id: int
    mine: bool
    key: str
    parts: tuple[AnyPart, ...]
    at: str
    unread: bool = False


class Welcome(Frame, frozen=True):
    """Answer to ``hello``: ``me`` names the visitor, ``token`` is to be kept where no cookie is."""

    me: str
    token: str = ""


class Items(Frame, frozen=True):
    """Messages, oldest first; the page drops those it has."""

    items: tuple[Item, ...]


class Synced(Frame, frozen=True):
    """The page now has everything there is."""


class Accepted(Frame, frozen=True):
    """The ledger has the message ``id``."""

    id: str


class Refusal(Frame, frozen=True, tag="refused"):
    """A frame was not taken: ``malformed``, ``rate``, ``too-long``, ``empty``."""

    reason: str
    id: str = ""
    retry_after: float = 0.0


FromPage = Hello | Say | Typing | Got | Seen | Sync | Speak
_decoder = msgspec.json.Decoder(FromPage)
_encoder = msgspec.json.Encoder()


def decode(data: object) -> FromPage | None:
    """A frame of the page, or nothing if it is none."""
    try:
        return _decoder.decode(data) if isinstance(data, str) else None
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def encode(frame: Frame) -> str:
    """A frame for the page."""
    return _encoder.encode(frame).decode()


def shown(parts: Iterable[AnyPart]) -> tuple[AnyPart, ...]:
    """The parts a page can show; others as text, events not at all."""
    return tuple(
        part if isinstance(part, SHOWN) else Text(as_text(part))
        for part in parts
        if not isinstance(part, Event) and (isinstance(part, SHOWN) or as_text(part))
    )


def from_history(item: HistoryItem) -> Item:
    """A row of the ledger as the page shows it."""
    mine = item.direction.startswith("in")
    key = item.key.rpartition(":")[2] if mine else ""
    unread = not mine and item.state != "read"
    return Item(item.id, mine, key, shown(item.parts), item.at, unread)


def from_outbound(message: Outbound, at: str) -> Item:
    """A message on its way as the page shows it."""
    return Item(message.id, mine=False, key="", parts=shown(message.parts), at=at, unread=True)
