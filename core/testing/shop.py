"""A whole shop for a test, and the people who talk to it."""

from __future__ import annotations

import asyncio
import itertools
import re
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.app import App
from core.clock import TestClock
from core.message import ConversationKind, Inbound, Sender
from core.parts import AnyPart, Event, Menu, Text, as_text
from core.settings import build
from core.store.models import Conversation, JournalEntry, Message
from core.testing.mock import MockAdapter
from core.testing.tables import lay

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, 10 in the morning in Shanghai
SETTLE_SECONDS = 20.0
CHANNEL = "shop"
KEYS = itertools.count(1)


async def in_a_file(home: Path) -> str:
    """The database of a test shop: a file in its folder."""
    return f"sqlite://{home / 'shop.db'}"


where: Callable[[Path], Awaitable[str]] = in_a_file  # tests of another engine put theirs here


class Shop:
    """A running house with a mock channel called ``shop`` (and any other you configure)."""

    def __init__(self, app: App, clock: TestClock) -> None:
        """Made by :func:`open_shop`."""
        self.app, self.clock = app, clock

    def channel(self, name: str = CHANNEL) -> MockAdapter:
        """A mock channel by name."""
        line = self.app.lines.get(name)
        if line is None or not isinstance(line.adapter, MockAdapter):
            raise LookupError(f"{name!r} is no mock channel of this shop")
        return line.adapter

    def customer(self, name: str, *, channel: str = CHANNEL, **sender: Any) -> Customer:  # noqa: ANN401
        """Somebody in a direct conversation; further keywords are those of a ``Sender``."""
        return self._person(Sender(id=name, name=name, **sender), channel, name, "direct")

    def member(self, name: str, group: str, *, channel: str = CHANNEL, **sender: Any) -> Customer:  # noqa: ANN401
        """Somebody in a group."""
        return self._person(Sender(id=name, name=name, **sender), channel, group, "group")

    def viewer(self, name: str, room: str, *, channel: str = CHANNEL, **sender: Any) -> Customer:  # noqa: ANN401
        """Somebody in a live room."""
        return self._person(Sender(id=name, name=name, **sender), channel, room, "live")

    def _person(self, sender: Sender, channel: str, conversation: str, kind: str) -> Customer:
        return Customer(
            self, sender, channel=channel, conversation=conversation, kind=ConversationKind(kind)
        )

    async def settle(self) -> None:
        """Wait until nothing moves any more at this moment of the test clock."""
        async with asyncio.timeout(SETTLE_SECONDS):
            quiet = 0
            while quiet < 3:
                await asyncio.sleep(0.001)
                quiet = quiet + 1 if self.app.idle else 0

    async def advance(self, **span: float) -> None:
        """Move time (``minutes=8``), stopping wherever something is due on the way."""
        goal = self.clock.now() + timedelta(**span)
        await self.settle()
        while (wake := self.clock.next_wake()) is not None and wake <= goal:
            self.clock.move_to(wake)
            await self.settle()
        self.clock.move_to(goal)
        await self.settle()

    async def advance_to(self, moment: datetime) -> None:
        """Move time to a moment."""
        await self.advance(seconds=(moment - self.clock.now()).total_seconds())

    def posts(self, conversation: str, channel: str = CHANNEL) -> list[str]:
        """The texts sent to a conversation of a mock channel."""
        sent = self.channel(channel).sent
        return [show(m.parts) for m in sent if m.conversation == conversation]

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """The journal's events of a kind, oldest first."""
        return [entry.data for entry in await JournalEntry.filter(kind=kind).order_by("id")]

    async def conversation(self, external_id: str, channel: str = CHANNEL) -> Conversation:
        """The row of a conversation."""
        return await Conversation.get(channel=channel, external_id=external_id)

    async def balance(self) -> dict[str, int]:
        """Inbound rows by state: ``{"handled": 3}``."""
        rows = await Message.filter(direction="in").values_list("state", flat=True)
        return {str(state): sum(1 for row in rows if row == state) for state in set(rows)}

    def next_key(self) -> str:
        """A fresh inbound key, also after a restart of the same shop."""
        return f"said-{next(KEYS)}"


class Customer:
    """Somebody who says things and hears answers."""

    def __init__(
        self,
        shop: Shop,
        sender: Sender,
        *,
        channel: str,
        conversation: str,
        kind: ConversationKind,
    ) -> None:
        """Made by the methods of :class:`Shop`."""
        self.shop, self.channel, self.conversation, self.kind = shop, channel, conversation, kind
        self.sender = sender
        self._heard = 0

    async def says(self, text: str, *, key: str = "", **context: Any) -> None:  # noqa: ANN401
        """Send a text and wait until the shop has dealt with it."""
        await self.sends(Text(text), key=key, **context)

    async def does(self, event: str, argument: str = "", **data: Any) -> None:  # noqa: ANN401
        """Let an event happen: ``does("follow")``."""
        await self.sends(Event(event, argument, data))

    async def chooses(self, label: str) -> None:
        """Press the button with that label in the newest menu heard."""
        for part in reversed([p for m in self._sent() for p in m.parts]):
            if isinstance(part, Menu) and (
                found := next((o for o in part.options if o.label == label), None)
            ):
                await self.sends(Text(label), Event("choice", found.id))
                return
        raise AssertionError(f"no menu offers {label!r}")

    async def sends(self, *parts: AnyPart, key: str = "", **context: Any) -> None:  # noqa: ANN401
        """Send any parts."""
        await self.drops(*parts, key=key, **context)
        await self.shop.settle()

    async def drops(self, *parts: AnyPart, key: str = "", **context: Any) -> None:  # noqa: ANN401
        """Send and do not wait: the message is durable on return, not handled."""
        self._heard = len(self._sent())
        message = Inbound(
            key=key or self.shop.next_key(),
            conversation=self.conversation,
            sender=self.sender,
            parts=parts,
            sent_at=self.shop.clock.now(),
            kind=self.kind,
            context=context,
        )
        await self.shop.channel(self.channel).channel.accept([message])

    @property
    def replies(self) -> list[str]:
        """What was sent here since the customer last said something, as text."""
        return [show(m.parts) for m in self._sent()[self._heard :]]

    def hears(self, *wanted: str) -> None:
        """Assert that every pattern (a regular expression) is found in the replies since then."""
        heard = "\n".join(self.replies)
        missing = [pattern for pattern in wanted if not re.search(pattern, heard)]
        assert not missing, f"{self.sender.name} did not hear {missing}; heard: {self.replies}"  # noqa: S101

    def hears_nothing(self) -> None:
        """Assert that the shop was silent."""
        assert not self.replies, f"{self.sender.name} heard: {self.replies}"  # noqa: S101

    def _sent(self) -> list[Any]:
        return [
            m for m in self.shop.channel(self.channel).sent if m.conversation == self.conversation
        ]


def show(parts: Iterable[AnyPart]) -> str:
    """Parts as one text, menus included."""
    return "\n".join(filter(None, map(as_text, parts)))


@asynccontextmanager
async def open_shop(
    *,
    plugins: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    channels: Mapping[str, Mapping[str, Any]] | None = None,
    folder: Path | None = None,
    start: datetime = START,
) -> AsyncGenerator[Shop]:
    """A running shop on a test clock and a SQLite file of its own.

    ``plugins``: names or ``module:object``. ``settings``: further tables, as in the TOML file.
    ``channels``: further channels beside the mock channel ``shop``. ``folder``: where the database
    lives; give the same one again to see a restart.
    """
    table: dict[str, Any] = dict(settings or {})
    table["plugins"] = {**table.get("plugins", {}), "enabled": list(plugins)}
    table["channels"] = {
        CHANNEL: {"adapter": "core.testing.mock:MockAdapter"},
        **table.get("channels", {}),
        **(channels or {}),
    }
    table["server"] = {"port": 0, **table.get("server", {})}
    with tempfile.TemporaryDirectory() as fresh:
        home = folder or Path(fresh)
        table["data"] = str(home)
        table["database"] = {
            "url": await where(home),
            "synchronous": "normal",
            **table.get("database", {}),
        }
        clock = TestClock(start)
        app = App(build(table), clock)
        await lay(app.database, app.registry.models)
        await app.start()
        shop = Shop(app, clock)
        try:
            yield shop
        finally:
            await app.stop()
