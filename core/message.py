"""Messages as they cross the border between an adapter and the core."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec.structs import force_setattr

from core.parts import AnyPart, Event, event_of, text_of

ID, KEY, NAME, OWNER = 200, 255, 200, 80  # characters that the ledger's columns hold


class ConversationKind(StrEnum):
    """The three kinds of thread; all are first class."""

    DIRECT = "direct"
    GROUP = "group"
    LIVE = "live"


class Sender(msgspec.Struct, frozen=True):
    """Who sent a message, as the platform names the person.

    ``id`` is stable on the channel (an openid); ``union_id`` joins channels of one owner.
    ``role`` is ``customer`` unless the platform vouches for another (``host``, ``staff``).
    ``proven`` holds facts the platform vouches for, e.g. ``{"customer_id": "42"}``.
    Ids are :func:`bounded`, names are cut.
    """

    id: str
    name: str = ""
    union_id: str = ""
    role: str = "customer"
    locale: str = ""
    proven: dict[str, str] = {}

    def __post_init__(self) -> None:
        """What the platform says may be of any length; a column is not."""
        _bind(self, id=ID, union_id=ID)
        if len(self.name) > NAME:
            force_setattr(self, "name", self.name[:NAME])


class Inbound(msgspec.Struct, frozen=True):
    """A message that an adapter verified and parsed; the core makes a ledger row of it.

    ``key`` is unique within the channel: a second arrival with the same key is acknowledged and
    dropped. ``conversation`` is the platform's thread id. ``trigger`` names what it opens in the
    reply window (``message``, ``click``, ``follow``, see :class:`core.adapter.Window`); empty opens
    nothing. ``context`` carries what the person was looking at (product, link number on air).
    ``owner``: whose the conversation is from this message on (``bot``, ``agent:<name>``), where the
    platform has people of its own and says so.
    """

    key: str
    conversation: str
    sender: Sender
    parts: tuple[AnyPart, ...]
    sent_at: datetime
    kind: ConversationKind = ConversationKind.DIRECT
    trigger: str = "message"
    context: dict[str, Any] = {}
    owner: str = ""

    def __post_init__(self) -> None:
        """As for a :class:`Sender`."""
        _bind(self, key=KEY, conversation=ID)
        if len(self.owner) > OWNER:
            force_setattr(self, "owner", self.owner[:OWNER])

    @property
    def text(self) -> str:
        """What the person said, or an empty string."""
        return text_of(self.parts)

    @property
    def event(self) -> Event | None:
        """What happened, when the message is an event."""
        return event_of(self.parts)


class Outbound(msgspec.Struct, frozen=True):
    """A message on its way to a platform, as an adapter receives it.

    ``id`` is the ledger's number and ``key`` is unique and the same on every attempt: hand it to
    the platform where it takes a caller id. ``mention`` holds the platform ids to notify in a
    group (``@all``).
    """

    id: int
    key: str
    conversation: str
    kind: ConversationKind
    recipient: str
    parts: tuple[AnyPart, ...]
    attempt: int = 1
    mention: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words to be shown."""
        return text_of(self.parts)


def bounded(value: str, most: int) -> str:
    """An id of at most ``most`` characters: a longer one's digest, always the same for the same."""
    if len(value) <= most:
        return value
    return f"sha256:{hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _bind(struct: msgspec.Struct, **most: int) -> None:
    for name, length in most.items():
        value: str = getattr(struct, name)
        if (fit := bounded(value, length)) is not value:
            force_setattr(struct, name, fit)
