"""Lines: each channel of the settings with its adapter, joined to the ledger.

Adapters are found by entry point (``xiaoer.adapters``) or by ``module:Class``, never imported by
name here; what an adapter may ask of the house is the :class:`~core.adapter.Channel` protocol.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.resources import files
from typing import Any

import structlog

from core.adapter import Adapter, Capabilities, HistoryItem, Outcome, Receipt
from core.clock import Clock
from core.gate.gate import Gate
from core.message import ConversationKind, Inbound, Outbound
from core.metrics import Metrics
from core.parts import load
from core.sampling import Sampler
from core.secrets import Secrets
from core.settings import LiveSettings, Problem, SettingsError, check
from core.store import inbox, notes, outbox
from core.store.commit import Commit
from core.store.inbox import Accepted
from core.store.intake import Intake
from core.store.models import Conversation, Message
from core.store.session import Session
from core.store.sql import Work
from core.store.states import RECEIPTS, Outbox, below
from core.store.writer import Writer
from core.texts import Texts

log = structlog.get_logger(__name__)
GONE = Capabilities(as_of="")
CLOSED = Receipt(Outcome.RETRY, "channel-closed")
STOP_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Tools:
    """What every line needs of the house."""

    clock: Clock
    texts: Texts
    writer: Writer
    intake: Intake
    commit: Commit
    metrics: Metrics
    secrets: Secrets
    live: LiveSettings
    session: Session | None = None  # where other processes of the shop are
    gate: Gate | None = None  # where a queue stands before the ledger


class Line:
    """One channel: its adapter, and the house as that adapter sees it."""

    def __init__(self, name: str, kind: str, table: Mapping[str, Any], tools: Tools) -> None:
        """Build the adapter; raises :class:`SettingsError` for an unknown one or bad keys."""
        self.name, self.kind, self.tools = name, kind, tools
        self.table = {"adapter": kind, **table}
        self.clock = tools.clock
        self._alone: dict[str, asyncio.Lock] = {}
        adapter_class = find_adapter(kind, f"channels.{name}.adapter")
        package = adapter_class.__module__.rpartition(".")[0]
        if package and (folder := files(package) / "locales").is_dir():
            tools.texts.add(folder)  # an adapter from elsewhere brings its own sentences
        own = dict(table)
        live = {**tools.live.model_dump(), **own.pop("live", {})}
        policy = check(LiveSettings, live, f"channels.{name}.live")
        self._sampler = Sampler(policy, tools.clock, self._waiting)
        settings = check(adapter_class.Settings, own, f"channels.{name}")
        self.adapter: Adapter = adapter_class(settings, self)
        self.started = False
        self.failed = False  # it would not start while the others serve: no reason not to be ready
        self._calls: set[object] = set()
        self._quiet = asyncio.Event()

    @property
    def capabilities(self) -> Capabilities:
        """What the channel can do."""
        return self.adapter.capabilities

    async def start(self) -> None:
        """Start the adapter."""
        await self.adapter.start()
        self.started = True

    async def stop(self) -> None:
        """Take no more to send, let the calls under way end, stop the adapter."""
        self.started = False
        if self._calls:
            self._quiet.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._quiet.wait(), STOP_SECONDS)
        await self.adapter.stop()
        await self._tell_sampled(final=True)

    async def send(self, message: Outbound) -> Receipt:
        """Hand one message to the platform; while the channel is changed over, it waits."""
        if not self.started:
            return CLOSED
        call = object()
        self._calls.add(call)
        try:
            return await self.adapter.send(message)
        finally:
            self._calls.discard(call)
            if not self._calls:
                self._quiet.set()

    async def accept(self, messages: Sequence[Inbound]) -> None:
        """Return when all are durable, but for live comments that were sampled away."""
        kept = await self._sampler.sift(messages)
        if dropped := len(messages) - len(kept):
            self.tools.metrics.sampled(self.name, dropped)
            await self._tell_sampled()
        windows = self.capabilities.windows
        if self.tools.gate is not None:
            await self.tools.gate.accept(self.name, kept, windows)
            return
        rows = await self.tools.intake.accept(self.name, kept, windows)
        for message, row in zip(kept, rows, strict=True):
            if not row.new:
                self._sampler.known(message)

    async def take(self, message: Inbound) -> asyncio.Future[Accepted]:
        """Return when a direct message is durable; the future gives its row of the ledger."""
        windows = self.capabilities.windows
        if self.tools.gate is not None:
            return await self.tools.gate.take(self.name, message, windows)
        row = asyncio.get_running_loop().create_future()
        row.set_result((await self.tools.intake.accept(self.name, [message], windows))[0])
        return row

    async def _waiting(self, room: str) -> int:
        if self.tools.gate is not None:
            return 0  # the ledger may be away: what was taken in the last moment is all we know
        return await self.tools.writer.look(lambda: inbox.waiting(self.name, room))

    async def _tell_sampled(self, *, final: bool = False) -> None:
        for news in self._sampler.news(final=final):
            await self.board("live.sampled", news)

    async def history(
        self, conversation: str, after: int = 0, limit: int = 50
    ) -> list[HistoryItem]:
        """Messages of the conversation after that id, oldest first; ``after=0``: the newest."""
        thread = await Conversation.get_or_none(channel=self.name, external_id=conversation)
        if thread is None:
            return []
        rows = Message.filter(conversation_id=thread.id, id__gt=after)
        found = await (rows.order_by("id") if after else rows.order_by("-id")).limit(limit)
        return [_item(row) for row in sorted(found, key=lambda r: r.id)]

    async def mark(self, message_id: int, state: str, reason: str = "") -> None:
        """A receipt that came later; ranks only go up."""
        if state == Outbox.FAILED:
            await self.tools.writer.run(self._undelivered(message_id, reason))
            return
        if state not in RECEIPTS:
            raise ValueError(f"{state!r} is no receipt; one of {', '.join(RECEIPTS)}")

        lower, values = below(state), {"state": state}
        await self.tools.writer.run(lambda: outbox.by_ids([message_id], lower, values))

    def _undelivered(self, message_id: int, reason: str) -> Callable[[], Work[bool]]:
        now = self.clock.now()
        return lambda: outbox.undelivered(message_id, self.name, reason, now)

    async def remember(self, key: str, value: str) -> None:
        """Keep a note of this channel."""
        await self.tools.writer.run(lambda: notes.keep(self.name, key, value))

    async def recall(self, key: str) -> str:
        """The note, or an empty string."""
        return await self.tools.writer.look(lambda: notes.read(self.name, key))

    async def owners(self) -> dict[str, str]:
        """Whose the private conversations are that are not the bot's."""
        rows = Conversation.filter(channel=self.name, kind=ConversationKind.DIRECT)
        return {row.external_id: row.owner for row in await rows.exclude(owner="bot")}

    @asynccontextmanager
    async def alone(self, what: str) -> AsyncGenerator[None]:
        """Inside, nobody else does ``what``; when a process dies, the engine frees it."""
        session, name = self.tools.session, f"{self.name}:{what}"
        async with self._alone.setdefault(what, asyncio.Lock()):
            if session is not None:
                await session.lead(name)
            try:
                yield
            finally:
                if session is not None:
                    await session.resign(name)

    async def board(self, kind: str, data: Mapping[str, Any]) -> None:
        """Write an event of this channel to the journal."""
        await self.tools.commit.journal(kind, data, self.name)

    def refuse(self, reason: str) -> None:
        """Count and log something malformed."""
        self.tools.metrics.refused(self.name, reason)
        log.warning("channel.refused", channel=self.name, reason=reason)

    def secret(self, purpose: str) -> str:
        """A stable random secret of this installation."""
        return self.tools.secrets.get(f"{self.name}.{purpose}")

    def text(self, key: str, locale: str, **values: object) -> str:
        """A sentence of the adapter's locale file."""
        return self.tools.texts.render(key, locale, **values)


class Lines:
    """All channels of the house by name."""

    def __init__(self) -> None:
        """Empty; the house adds lines."""
        self._lines: dict[str, Line] = {}

    def add(self, line: Line) -> None:
        """Add one channel."""
        self._lines[line.name] = line

    def remove(self, name: str) -> None:
        """Take one out."""
        del self._lines[name]

    def arrange(self, names: Iterable[str]) -> None:
        """Stand in this order."""
        self._lines = {name: self._lines[name] for name in names}

    def get(self, name: str) -> Line | None:
        """The channel of that name."""
        return self._lines.get(name)

    def can(self, name: str) -> Capabilities:
        """A channel's capabilities; careful ones for a channel that is gone."""
        line = self._lines.get(name)
        return line.capabilities if line is not None else GONE

    def __iter__(self) -> Iterator[Line]:
        """All channels in the order of the settings."""
        return iter(self._lines.values())


def find_adapter(name: str, where: str) -> type[Adapter]:
    """The adapter class behind a name of the settings; raises :class:`SettingsError`."""
    known = {entry.name: entry for entry in entry_points(group="xiaoer.adapters")}
    given = f" = {name!r}"
    if name in known:
        found: object = known[name].load()
    elif ":" in name:
        module, _, attribute = name.partition(":")
        try:
            found = getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError) as error:
            words = f"cannot be imported: {error}"
            problem = Problem.of(where, "unimportable", words, given, plugin=name, error=error)
            raise SettingsError([problem]) from None
    else:
        there = ", ".join(sorted(known))
        words = f"no such adapter; there is: {there} (or module:Class)"
        raise SettingsError([Problem.of(where, "unknown_adapter", words, given, there=there)])
    if not (isinstance(found, type) and issubclass(found, Adapter)):
        raise SettingsError([Problem.of(where, "no_adapter", "is not an adapter class", given)])
    return found


def _item(row: Message) -> HistoryItem:
    return HistoryItem(
        id=row.id,
        direction=row.direction,
        key=row.key,
        parts=load(row.parts),
        state=row.state,
        at=row.at.isoformat(),
        author=row.author,
    )
