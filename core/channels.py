"""Lines: each channel of the settings with its adapter, joined to the ledger.

Adapters are found by entry point (``xiaoer.adapters``) or by ``module:Class``, never imported by
name here; what an adapter may ask of the house is the :class:`~core.adapter.Channel` protocol.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.resources import files
from typing import Any

import structlog

from core.adapter import Adapter, Capabilities, HistoryItem
from core.clock import Clock
from core.message import Inbound
from core.metrics import Metrics
from core.parts import load
from core.secrets import Secrets
from core.settings import SettingsError, check
from core.store import notes, outbox
from core.store.commit import Commit
from core.store.inbox import Accepted
from core.store.intake import Intake
from core.store.models import Conversation, Message
from core.store.sql import Work
from core.store.states import RECEIPTS, Outbox, below
from core.store.writer import Writer
from core.texts import Texts

log = structlog.get_logger(__name__)
GONE = Capabilities(as_of="")


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


class Line:
    """One channel: its adapter, and the house as that adapter sees it."""

    def __init__(self, name: str, kind: str, table: Mapping[str, Any], tools: Tools) -> None:
        """Build the adapter; raises :class:`SettingsError` for an unknown one or bad keys."""
        self.name, self.kind, self.tools = name, kind, tools
        self.clock = tools.clock
        adapter_class = find_adapter(kind, f"channels.{name}.adapter")
        package = adapter_class.__module__.rpartition(".")[0]
        if package and (folder := files(package) / "locales").is_dir():
            tools.texts.add(folder)  # an adapter from elsewhere brings its own sentences
        settings = check(adapter_class.Settings, table, f"channels.{name}")
        self.adapter: Adapter = adapter_class(settings, self)
        self.started = False

    @property
    def capabilities(self) -> Capabilities:
        """What the channel can do."""
        return self.adapter.capabilities

    async def start(self) -> None:
        """Start the adapter."""
        await self.adapter.start()
        self.started = True

    async def stop(self) -> None:
        """Stop the adapter."""
        self.started = False
        await self.adapter.stop()

    async def take(self, messages: Sequence[Inbound]) -> list[Accepted]:
        """Accept and say which rows they became."""
        return await self.tools.intake.accept(self.name, messages, self.capabilities.windows)

    async def accept(self, messages: Sequence[Inbound]) -> None:
        """Return when all are durable."""
        await self.take(messages)

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
    if name in known:
        found: object = known[name].load()
    elif ":" in name:
        module, _, attribute = name.partition(":")
        try:
            found = getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError) as error:
            raise SettingsError([f"{where} = {name!r}: cannot be imported: {error}"]) from None
    else:
        allowed = ", ".join(sorted(known))
        raise SettingsError(
            [f"{where} = {name!r}: no such adapter; there is: {allowed} (or module:Class)"]
        )
    if not (isinstance(found, type) and issubclass(found, Adapter)):
        raise SettingsError([f"{where} = {name!r}: is not an adapter class"])
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
