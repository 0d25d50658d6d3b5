"""The contract of an adapter: five verbs, and its platform's limits as data.

An adapter turns one platform's bytes into :class:`~core.message.Inbound` and
:class:`~core.message.Outbound` into the platform's bytes. It never sees a plugin, a database or
another adapter; the core never sees the platform's field names. ``docs/write-an-adapter.md``
teaches it; ``tests/contract`` is inherited by every adapter.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from core.clock import Clock
from core.message import Inbound, Outbound, Sender
from core.parts import AnyPart


class AdapterSettings(BaseModel):
    """Base of a channel's settings: ``[channels.<name>]`` without the key ``adapter``."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Outcome(StrEnum):
    """What became of one attempt to send."""

    ACCEPTED = "accepted"  # the platform has it
    DELIVERED = "delivered"  # the person's device has it
    RETRY = "retry"  # refused for now: nothing was sent, try again later
    FINAL = "final"  # refused for good: nothing was sent and never will be
    UNKNOWN = "unknown"  # it may or may not have been sent


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer of :meth:`Adapter.send`.

    ``reason`` is a short word for logs and the desk (``window-closed``, ``45015``);
    ``retry_after`` is the platform's own wish in seconds; ``platform_id`` its message id.
    ``closes_window`` tells the quota ledger that the platform takes no more for now.
    """

    outcome: Outcome
    reason: str = ""
    platform_id: str = ""
    retry_after: float | None = None
    closes_window: bool = False

    @classmethod
    def accepted(cls, platform_id: str = "") -> Receipt:
        """The platform took it."""
        return cls(Outcome.ACCEPTED, platform_id=platform_id)


@dataclass(frozen=True, slots=True)
class Window:
    """What one act of a customer opens: so many messages (``None``: unlimited) for so long.

    None at all (0) is what leaving opens: it closes the windows that were open.
    """

    messages: int | None
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class PassiveReply:
    """A platform that takes the answer in its own request (WeChat's 5 seconds).

    ``deadline`` is how long, in seconds, the core may hold one request; ``attempts`` how often the
    platform delivers the same message when nobody answers; ``max_messages`` how many fit.
    ``parts``: tags that fit in there, where they are fewer than the channel's; the others are
    pushed, if the channel may push.
    """

    deadline: float
    attempts: int = 1
    max_messages: int = 1
    parts: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do, with the date the facts were true. The core reasons over these.

    ``parts``: tags of parts it can carry outward (others degrade to text). ``max_text``: bytes of
    UTF-8 a text may have; longer ones are split. ``push``: may send without being asked;
    without it and without ``passive``, answers go to the board: the journal, for a person to use.
    ``windows``: by trigger, what a customer's act allows; empty means no limit.
    ``rate``: (messages, seconds) for the whole channel. ``caller_id``: a repeated send with the
    same key is shown once, so an unknown outcome may be repeated safely; ``caller_id_in`` names the
    beginnings of conversations where it is so on a channel where it is not so everywhere.
    ``notices``: purposes (:class:`~core.parts.Notice`) that it carries outside the reply window.
    ``drafts``: shows an answer while it is being written (:meth:`Adapter.draft`).
    ``beyond_windows``: beginnings of conversations that no window governs, such as mass messages.
    """

    as_of: str
    parts: frozenset[str] = frozenset({"text"})
    max_text: int = 2048
    push: bool = True
    passive: PassiveReply | None = None
    windows: Mapping[str, Window] = field(default_factory=dict[str, Window])
    rate: tuple[int, float] | None = None
    caller_id: bool = False
    caller_id_in: tuple[str, ...] = ()
    receipt: Outcome = Outcome.ACCEPTED
    notices: frozenset[str] = frozenset()
    drafts: bool = False
    beyond_windows: tuple[str, ...] = ()

    def shows_once(self, conversation: str) -> bool:
        """Whether a repeated send to that conversation does no harm."""
        return self.caller_id or conversation.startswith(self.caller_id_in)

    @property
    def outlet(self) -> str:
        """``push``, ``passive`` or ``board``: how an answer leaves."""
        return "push" if self.push else "passive" if self.passive else "board"


class Refused(Exception):  # noqa: N818 - reads as a fact, not as a fault of ours
    """An adapter refuses a request: counted by ``reason``, answered ``status``, never traced."""

    def __init__(self, reason: str, status: int = 403) -> None:
        """``reason`` is a short word for logs and metrics; it never reaches the outside."""
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one webhook request brought, and how to answer it.

    ``acknowledge`` builds the platform's plain "got it". ``answer`` builds the passive reply for a
    message of this arrival; leave it out where the platform takes none. ``transfer`` builds the
    response that hands the message to the platform's own people: given instead of an answer while
    the conversation waits for a person (owner ``queue``); what else is to be said is pushed.
    """

    messages: Sequence[Inbound]
    acknowledge: Callable[[], web.Response] = web.Response
    answer: Callable[[Outbound], web.Response] | None = None
    transfer: Callable[[], web.Response] | None = None


class NoMedia(Exception):  # noqa: N818 - reads as a fact
    """A file cannot be had; ``reason`` is a short word such as ``gone`` or ``unreachable``."""

    def __init__(self, reason: str) -> None:
        """In a word, without addresses."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Media:
    """A file of a message while it arrives: its name if it has one, and its bytes in pieces."""

    name: str
    content_type: str
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One message of a conversation as a channel with its own page shows it."""

    id: int
    direction: str
    key: str
    parts: tuple[AnyPart, ...]
    state: str
    at: str
    author: str = ""


class Channel(Protocol):
    """What the core gives an adapter: its name, a clock, and the way in."""

    name: str
    clock: Clock

    async def accept(self, messages: Sequence[Inbound]) -> None:
        """Return when all are durable (or known already), however long it takes. Never drops."""
        ...

    async def history(
        self, conversation: str, after: int = 0, limit: int = 50
    ) -> list[HistoryItem]:
        """Messages of the conversation after that id, oldest first; ``after=0``: the newest."""
        ...

    async def mark(self, message_id: int, state: str, reason: str = "") -> None:
        """A receipt that came later: ``delivered`` or ``read``. Ranks only go up.

        ``failed`` takes back what the platform had said: the message reached nobody after all.
        """
        ...

    async def remember(self, key: str, value: str) -> None:
        """Keep a short note of the channel's own (a cursor); durable on return."""
        ...

    async def recall(self, key: str) -> str:
        """The note, or an empty string."""
        ...

    async def owners(self) -> Mapping[str, str]:
        """Whose the private conversations are that are not the bot's: by conversation."""
        ...

    def alone(self, what: str) -> AbstractAsyncContextManager[None]:
        """Inside, nobody else does ``what`` for this channel, in no process of the shop."""
        ...

    async def board(self, kind: str, data: Mapping[str, Any]) -> None:
        """Write an event to the journal: popularity, stream started, line lost."""
        ...

    def refuse(self, reason: str) -> None:
        """Count and log something malformed that came over a line other than a webhook."""
        ...

    def secret(self, purpose: str) -> str:
        """A stable random secret of this installation, for signing; made on first use."""
        ...

    def text(self, key: str, locale: str, **values: object) -> str:
        """A sentence of the adapter's locale file, for pages that it serves itself."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of :meth:`Adapter.check`: a locale ``key`` with values, and whether it is well."""

    ok: bool
    key: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])


class Adapter(ABC):
    """Base of all adapters. Override what the platform has; the defaults refuse politely."""

    Settings: ClassVar[type[AdapterSettings]] = AdapterSettings
    refusals: ClassVar[Mapping[str, str]] = {}
    """For ``xiaoer doctor``: the locale key that says what a reason of :class:`Refused` means."""
    cli: ClassVar[str] = ""  # "module:app": a typer app with a name, the group ``xiaoer <name>``
    capabilities: Capabilities

    def __init__(self, settings: Any, channel: Channel) -> None:  # noqa: ANN401 - own Settings class
        """Keep both; open nothing yet. ``settings`` is an instance of :attr:`Settings`."""
        self.settings = settings
        self.channel = channel

    async def start(self) -> None:
        """Open sessions and lines. Must return soon: long work belongs in an own task."""

    async def stop(self) -> None:
        """Close everything opened in :meth:`start`; leave nothing half-sent."""

    async def receive(self, request: web.Request) -> Arrival | web.StreamResponse:
        """Handle ``/hooks/<channel>``: verify and parse, or raise :class:`Refused`."""
        raise Refused("no-webhook", 404)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle ``/chat/<channel>`` and everything below it: a page of the channel's own."""
        raise Refused("no-page", 404)

    async def send(self, message: Outbound) -> Receipt:
        """Hand one message to the platform. Never raises for what the platform says."""
        return Receipt(Outcome.FINAL, "send-only-board")

    async def own(self, conversation: str, owner: str) -> None:
        """The conversation is now ``bot``'s, in the ``queue`` or ``agent:<name>``'s.

        For platforms that have people of their own; not called for what the platform itself
        reported (:attr:`~core.message.Inbound.owner`).
        """

    def media(self, part: AnyPart) -> AbstractAsyncContextManager[Media]:
        """The file behind a part that came in, fetched now and not before.

        Entering raises :class:`NoMedia`, and so may the pieces. Platforms keep files for days only.
        """
        raise NoMedia("no-media-here")

    async def typing(self, conversation: str, recipient: Sender | None = None) -> None:
        """Show that an answer is being written, where the platform has such a mark."""

    async def draft(self, conversation: str, text: str) -> None:
        """Show what an answer says so far, until the answer comes; an empty text takes it away.

        Nothing of it is kept: what counts is the message that :meth:`send` brings.
        """

    async def check(self) -> Sequence[Finding]:
        """For ``xiaoer doctor``: credentials and reachability, without side effects."""
        return ()
