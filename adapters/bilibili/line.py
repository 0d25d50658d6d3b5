"""One WebSocket connection: authenticate, beat, read, and notice when the line is dead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum

import aiohttp

from adapters.bilibili.frames import Decoded, Limits, Op, decode, encode
from adapters.bilibili.race import first
from adapters.bilibili.settings import BilibiliSettings
from core.adapter import Channel

MAX_MESSAGE = 1024 * 1024
"""Bytes of one WebSocket message; a longer one ends the line."""


class Ended(StrEnum):
    """Why a line ended."""

    CLOSED = "closed"
    SILENT = "silent"
    AUTH_REFUSED = "auth_refused"  # the token is stale: only a new /start helps
    SESSION_OVER = "session_over"


class Line:
    """Runs one open connection to its end. ``heard`` tells whether it ever brought a frame."""

    def __init__(
        self,
        ws: aiohttp.ClientWebSocketResponse,
        settings: BilibiliSettings,
        channel: Channel,
        take: Callable[[Decoded], Awaitable[bool]],
        ready: Callable[[], Awaitable[None]],
    ) -> None:
        self._ws = ws
        self._settings = settings
        self._channel = channel
        self._clock = channel.clock
        self._limits = Limits(settings.max_inflated, settings.max_depth)
        self._take = take
        self._ready = ready
        self._authenticated = asyncio.Event()
        self._heard_at = self._clock.monotonic()
        self._busy = False
        self.heard = False

    async def run(self, auth_body: bytes) -> Ended:
        """Authenticate and stay until the line ends; closes the connection in any case."""
        try:
            await self._ws.send_bytes(encode(Op.AUTH, auth_body))
            return await first(self._read(), self._beat(), self._watch())
        except (aiohttp.ClientError, OSError):
            return Ended.CLOSED
        finally:
            await self._ws.close()

    async def _read(self) -> Ended:
        async for message in self._ws:
            if message.type is aiohttp.WSMsgType.ERROR:
                break
            if message.type is not aiohttp.WSMsgType.BINARY:
                self._channel.refuse("text_frame")
                continue
            if ended := await self._one(message.data):
                return ended
        return Ended.CLOSED

    async def _one(self, message: bytes) -> Ended | None:
        self._busy = True  # a slow ledger is not a silent platform
        decoded = decode(message, self._limits)
        self.heard = self.heard or bool(decoded.packets)
        for packet in decoded.packets:
            if packet.op == Op.AUTH_REPLY and not await self._auth_reply(packet.json or {}):
                return Ended.AUTH_REFUSED
        over = await self._take(decoded)
        self._heard_at, self._busy = self._clock.monotonic(), False
        return Ended.SESSION_OVER if over else None

    async def _auth_reply(self, answer: dict[str, object]) -> bool:
        if answer.get("code") != 0:
            return False
        if not self._authenticated.is_set():
            self._authenticated.set()
            await self._ready()
        return True

    async def _beat(self) -> Ended:
        await self._authenticated.wait()
        while True:
            await self._ws.send_bytes(encode(Op.HEARTBEAT))
            await self._clock.sleep(self._settings.line_heartbeat)

    async def _watch(self) -> Ended:
        silence = self._settings.silence
        while True:
            rest = silence - (self._clock.monotonic() - self._heard_at)
            if rest <= 0 and not self._busy:
                return Ended.SILENT
            await self._clock.sleep(rest if rest > 0 else silence)
