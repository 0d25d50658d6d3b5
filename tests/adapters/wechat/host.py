"""A webhook server around one adapter, for tests of the adapter alone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web

from adapters.wechat.adapter import WeChatAdapter
from adapters.wechat.settings import WeChatSettings
from core.adapter import Arrival, HistoryItem, Refused
from core.clock import Clock, TestClock
from core.message import ConversationKind, Inbound, Outbound
from core.parts import AnyPart, Text

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
Reply = Callable[[Inbound], Sequence[AnyPart]]


class Line:
    """What the core gives an adapter, reduced to a notebook."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.name = "wechat-test"
        self.clock: Clock = clock or TestClock(NOW)
        self.accepted: list[Inbound] = []
        self.refused: list[str] = []
        self.notes: dict[str, str] = {}
        self.marks: list[tuple[int, str, str]] = []

    async def accept(self, messages: Sequence[Inbound]) -> None:
        known = {message.key for message in self.accepted}
        self.accepted += [message for message in messages if message.key not in known]

    async def history(
        self, conversation: str, after: int = 0, limit: int = 50
    ) -> list[HistoryItem]:
        return []

    async def mark(self, message_id: int, state: str, reason: str = "") -> None:
        self.marks.append((message_id, state, reason))

    async def remember(self, key: str, value: str) -> None:
        self.notes[key] = value

    async def recall(self, key: str) -> str:
        return self.notes.get(key, "")

    async def owners(self) -> Mapping[str, str]:
        return {}

    def alone(self, what: str) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def board(self, kind: str, data: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def refuse(self, reason: str) -> None:
        self.refused.append(reason)

    def secret(self, purpose: str) -> str:
        return purpose

    def text(self, key: str, locale: str, **values: object) -> str:
        return key


class Host:
    """``/hooks/x`` for one adapter; ``reply`` makes the passive answer, if there is one."""

    def __init__(self, adapter: WeChatAdapter, line: Line, reply: Reply | None = None) -> None:
        self.adapter, self.line, self._reply = adapter, line, reply
        self.url = ""
        self.session = aiohttp.ClientSession()

    async def hook(self, request: web.Request) -> web.StreamResponse:
        try:
            arrival = await self.adapter.receive(request)
        except Refused as why:
            self.line.refuse(why.reason)
            return web.Response(status=why.status)
        if not isinstance(arrival, Arrival):
            return arrival
        await self.line.accept(arrival.messages)
        if self._reply and arrival.answer:
            return arrival.answer(outbound(*self._reply(arrival.messages[0])))
        return arrival.acknowledge()


def outbound(*parts: AnyPart, to: str = "oUser") -> Outbound:
    return Outbound(1, "k1", to, ConversationKind.DIRECT, to, parts)


def say(words: str) -> Reply:
    return lambda _: [Text(words)]


def adapter_for(settings: Mapping[str, object], line: Line) -> WeChatAdapter:
    return WeChatAdapter(WeChatSettings.model_validate(settings), line)


@asynccontextmanager
async def hosted(
    settings: Mapping[str, object], line: Line | None = None, reply: Reply | None = None
) -> AsyncGenerator[Host, None]:
    line = line or Line()
    host = Host(adapter_for(settings, line), line, reply)
    await host.adapter.start()
    app = web.Application(client_max_size=2**30)
    app.router.add_route("*", "/hooks/x", host.hook)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address, port = runner.addresses[0][:2]
    host.url = f"http://{address}:{port}/hooks/x"
    try:
        yield host
    finally:
        await host.session.close()
        await runner.cleanup()
        await host.adapter.stop()
