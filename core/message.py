"""Messages as they cross the border between an adapter and the core."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from core.parts import AnyPart, Event, event_of, text_of


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
    """

    id: str
    name: str = ""
    union_id: str = ""
    role: str = "customer"
    locale: str = ""
    proven: dict[str, str] = {}


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
