"""A small real platform adapter for tests of the web side: JSON over a webhook."""

from __future__ import annotations

from typing import Any, ClassVar

from aiohttp import web

from core.adapter import (
    Adapter,
    AdapterSettings,
    Arrival,
    Capabilities,
    Channel,
    PassiveReply,
    Receipt,
    Refused,
)
from core.message import Inbound, Outbound, Sender
from core.parts import Text


class CounterSettings(AdapterSettings):
    """What the counter can do; ``attempts``: how often its platform delivers."""

    push: bool = True
    passive: bool = True
    attempts: int = 3


class CounterAdapter(Adapter):
    """``{"key": …, "who": …, "text": …}`` in, ``{"answer": …}`` or ``{}`` out."""

    Settings: ClassVar[type[AdapterSettings]] = CounterSettings

    def __init__(self, settings: Any, channel: Channel) -> None:
        super().__init__(settings, channel)
        own: CounterSettings = settings
        passive = PassiveReply(4.5, attempts=own.attempts) if own.passive else None
        self.capabilities = Capabilities(as_of="2026-11-21", push=own.push, passive=passive)
        self.sent: list[str] = []

    async def receive(self, request: web.Request) -> Arrival | web.StreamResponse:
        if request.method == "GET":
            return web.Response(text="hello")
        body = await request.json()
        match body:
            case {"key": str(key), "who": str(who), "text": str(text)}:
                said = Inbound(key, who, Sender(who), (Text(text),), self.channel.clock.now())
                return Arrival([said], _empty, _answer)
            case {"bug": _}:
                raise RuntimeError("a secret of the house")
            case _:
                raise Refused("bad-shape", 400)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text=f"page {request.match_info.get('tail', '')}")

    async def send(self, message: Outbound) -> Receipt:
        self.sent.append(message.text)
        return Receipt.accepted()


def _empty() -> web.Response:
    return web.json_response({})


def _answer(message: Outbound) -> web.Response:
    return web.json_response({"answer": message.text})
