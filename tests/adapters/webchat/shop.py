"""A shop for the chat page: a Channel that keeps its ledger in memory, on a real HTTP server."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from adapters.webchat.adapter import WebChatAdapter
from adapters.webchat.settings import WebChatSettings
from core.adapter import HistoryItem, Outcome, Refused
from core.clock import Clock, SystemClock
from core.message import ConversationKind, Inbound, Outbound
from core.parts import AnyPart, Text
from core.texts import Texts, bundled

TEXTS = Texts([bundled()], ZoneInfo("Asia/Shanghai"))


@dataclass
class Ledger:
    """What the core would keep, as the Channel protocol wants it."""

    name: str = "webchat"
    clock: Clock = field(default_factory=SystemClock)
    rows: list[HistoryItem] = field(default_factory=list[HistoryItem])
    conversations: dict[int, str] = field(default_factory=dict[int, str])
    inbound: list[Inbound] = field(default_factory=list[Inbound])
    marks: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    boards: list[str] = field(default_factory=list[str])
    refused: list[str] = field(default_factory=list[str])
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def accept(self, messages: Sequence[Inbound]) -> None:
        for message in messages:
            if any(m.key == message.key for m in self.inbound):
                continue
            self.inbound.append(message)
            self.write(message.conversation, "in", message.key, message.parts, "accepted")
        self.news.set()

    def write(
        self, conversation: str, direction: str, key: str, parts: tuple[AnyPart, ...], state: str
    ) -> HistoryItem:
        at = self.clock.now().astimezone(UTC).isoformat()
        row = HistoryItem(len(self.rows) + 1, direction, key, parts, state, at)
        self.rows.append(row)
        self.conversations[row.id] = conversation
        return row

    async def history(
        self, conversation: str, after: int = 0, limit: int = 50
    ) -> list[HistoryItem]:
        rows = [r for r in self.rows if self.conversations[r.id] == conversation]
        if not after:
            return rows[-limit:]
        return [r for r in rows if r.id > after][:limit]

    async def mark(self, message_id: int, state: str, reason: str = "") -> None:
        self.marks.append((message_id, state))
        old = self.rows[message_id - 1]
        self.rows[message_id - 1] = HistoryItem(
            old.id, old.direction, old.key, old.parts, state, old.at, old.author
        )
        self.news.set()

    async def remember(self, key: str, value: str) -> None:
        raise NotImplementedError

    async def recall(self, key: str) -> str:
        raise NotImplementedError

    async def owners(self) -> Mapping[str, str]:
        return {}

    def alone(self, what: str) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def board(self, kind: str, data: Mapping[str, Any]) -> None:
        self.boards.append(kind)
        self.news.set()

    def refuse(self, reason: str) -> None:
        self.refused.append(reason)
        self.news.set()

    def secret(self, purpose: str) -> str:
        return f"secret of {purpose}"

    def text(self, key: str, locale: str, **values: object) -> str:
        return TEXTS.render(key, locale, **values)

    async def until(self, what: Any) -> None:
        """Wait until ``what()`` is true; every change of the ledger asks again."""
        while not what():
            self.news.clear()
            await self.news.wait()


@dataclass
class Shop:
    """The adapter behind a server, and what the core's sender would do."""

    ledger: Ledger
    adapter: WebChatAdapter
    url: str = ""

    async def say(self, conversation: str, *parts: AnyPart | str) -> int:
        """Answer as the shop; returns the ledger's id."""
        made = tuple(Text(p) if isinstance(p, str) else p for p in parts)
        row = self.ledger.write(conversation, "out", f"out-{len(self.ledger.rows)}", made, "sent")
        message = Outbound(
            row.id, row.key, conversation, ConversationKind.DIRECT, conversation, made
        )
        receipt = await self.adapter.send(message)
        assert receipt.outcome is Outcome.ACCEPTED
        return row.id

    async def handle(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self.adapter.serve(request)
        except Refused as refusal:
            self.ledger.refuse(refusal.reason)
            return web.Response(status=refusal.status)


@asynccontextmanager
async def open_shop(
    clock: Clock | None = None, origins: Mapping[str, str] | None = None, **settings: Any
) -> AsyncGenerator[Shop]:
    """A running shop; ``origins`` are further pages to serve, as path and HTML."""
    ledger = Ledger(clock=clock or SystemClock())
    shop = Shop(ledger, WebChatAdapter(WebChatSettings(**settings), ledger))
    app = web.Application()
    app.router.add_route("*", "/chat/webchat", shop.handle)
    app.router.add_route("*", "/chat/webchat/{rest:.*}", shop.handle)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    shop.url = f"http://127.0.0.1:{runner.addresses[0][1]}/chat/webchat"
    await shop.adapter.start()
    try:
        yield shop
    finally:
        await shop.adapter.stop()
        await runner.cleanup()


def moment() -> datetime:
    """A fixed start for test clocks."""
    return datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
