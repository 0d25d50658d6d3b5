"""A shop's own system that hears our webhooks, and misbehaves as such systems do."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

SECRET = "not-a-real-secret-0123"
MOODS = ("broken", "cut", "late", "moved")


class HookShop:
    """Keeps what it took. ``moods``: what becomes of the next posts, one each, then all is well.

    ``broken`` answers 500, ``cut`` hangs up after reading, ``late`` takes it and hangs up before it
    says so, ``moved`` redirects.
    """

    def __init__(self) -> None:
        self.url = ""
        self.moods: list[str] = []
        self.seen: list[dict[str, Any]] = []  # every post that was signed, taken or not
        self.took: list[dict[str, Any]] = []
        self.forged = 0
        self._news = asyncio.Event()

    async def hear(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        stamp = request.headers["X-Xiaoer-Timestamp"]
        wanted = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers["X-Xiaoer-Signature"], f"v1={wanted}"):
            self.forged += 1
            return web.Response(status=401)
        event = json.loads(body)
        self.seen.append(event)
        mood = self.moods.pop(0) if self.moods else ""
        if mood in {"", "late"}:
            self.took.append(event)
        self._news.set()
        if mood in {"cut", "late"} and request.transport is not None:
            request.transport.abort()
        if mood == "moved":
            raise web.HTTPFound("http://127.0.0.1:1/elsewhere")
        return web.Response(status=500 if mood == "broken" else 204)

    def kinds(self) -> list[str]:
        """Of what was taken, in order."""
        return [event["kind"] for event in self.took]

    async def until(self, taken: int) -> None:
        """Wait until so many were taken."""
        async with asyncio.timeout(10):
            while len(self.took) < taken:
                self._news.clear()
                await self._news.wait()

    async def until_seen(self, seen: int) -> None:
        """Wait until so many came."""
        async with asyncio.timeout(10):
            while len(self.seen) < seen:
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def hook_shop() -> AsyncGenerator[HookShop]:
    shop = HookShop()
    app = web.Application()
    app.router.add_post("/hear", shop.hear)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    shop.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hear"
    try:
        yield shop
    finally:
        await runner.cleanup()
