"""What a turn shows of the ledger: light, read-only pictures of rows, filled by one statement.

The tables themselves are ``core/store/models.py``; attributes here carry the same names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.message import ConversationKind


@dataclass(slots=True)
class MessageView:
    """An inbound message. ``parts`` is the ledger's JSON; :attr:`core.turn.Turn.parts` reads it."""

    id: int
    channel: str
    key: str
    text: str
    parts: str
    at: datetime
    author: str = ""
    state: str = "accepted"
    attempts: int = 0
    context: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(slots=True)
class ContactView:
    """The person who wrote."""

    id: int
    name: str = ""
    locale: str = ""


@dataclass(slots=True)
class ConversationView:
    """The thread. ``owner``: ``bot``, ``queue`` or ``agent:<name>``; ``form``: the open form."""

    id: int
    channel: str
    external_id: str
    kind: ConversationKind
    owner: str = "bot"
    memory: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    form: dict[str, Any] | None = None


@dataclass(slots=True)
class OutboundRow:
    """An outbound message of the ledger on its way, with what a sender must know of it."""

    channel: str
    key: str
    conversation_id: int
    thread: str  # the platform's conversation id
    kind: ConversationKind
    text: str
    parts: str
    at: datetime
    id: int = 0
    contact_id: int | None = None
    author: str = "bot"
    state: str = "queued"
    attempts: int = 0
    reply_to: int | None = None
    recipient: str = ""
    mention: list[str] = field(default_factory=list[str])
    platform_id: str = ""
    not_before: datetime | None = None
    lease_until: datetime | None = None
    expires_at: datetime | None = None
    repeatable: bool = False
    asked_at: datetime | None = None  # when the message was accepted that it answers
    grant: int | None = None  # the quota it uses while it is being sent
    cause: int | None = None  # the inbound row it follows from, where nothing else says so
