"""WeCom as a group robot meets it: one address, a key, byte limits and 20 posts a minute."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from core.clock import Clock, SystemClock

PER_MINUTE = 20
LIMITS = {"text": 2048, "markdown": 4096}


@dataclass
class WeComRobotStandIn:
    """A group with one robot. ``behaviour`` misbehaves on request: ``hang`` (before recording),
    ``drop`` (cuts the line after recording), ``error`` (HTTP 502), ``garbage`` (no JSON),
    or a number: that error code."""

    key: str = "robot-key"
    clock: Clock = field(default_factory=SystemClock)
    posts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    calls: int = 0
    behaviour: str | int = ""
    picture: bytes = b"\x89PNG\r\n\x1a\n sample"
    base: str = ""
    _minute: list[float] = field(default_factory=list[float])
    _leave: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def run(self) -> AsyncGenerator[WeComRobotStandIn]:
        """Serve on a free port of this machine."""
        app = web.Application()
        app.router.add_post("/cgi-bin/webhook/send", self._send)
        app.router.add_get("/picture", self._picture)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            self._leave.set()
            await runner.cleanup()

    async def _picture(self, request: web.Request) -> web.Response:
        return web.Response(body=self.picture)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        self.calls += 1
        body: dict[str, Any] = await request.json()
        match self.behaviour:
            case "hang":
                await self._leave.wait()
            case "error":
                return web.Response(status=502, text="bad gateway")
            case "garbage":
                return web.Response(text="<html>")
            case int() as code:
                return _answer(code)
            case _:
                pass
        code = self._judge(request.query.get("key", ""), body)
        if code == 0:
            self.posts.append(body)
        if self.behaviour == "drop" and request.transport:
            request.transport.abort()
        return _answer(code)

    def _judge(self, key: str, body: dict[str, Any]) -> int:
        if key != self.key:
            return 93000
        now = self.clock.monotonic()
        self._minute = [at for at in self._minute if now - at < 60]
        if len(self._minute) >= PER_MINUTE:
            return 45009
        self._minute.append(now)
        return 0 if _valid(body) else 40008


def _valid(body: dict[str, Any]) -> bool:
    """Whether the body is one of the documented kinds within its limits."""
    kind = body.get("msgtype", "")
    content = body.get(kind, {})
    match kind:
        case "text" | "markdown":
            return 0 < len(content.get("content", "").encode()) <= LIMITS[kind]
        case "image":
            data = base64.b64decode(content["base64"])
            return hashlib.md5(data).hexdigest() == content["md5"] and len(data) <= 2 * 1024**2
        case "news":
            return 1 <= len(content["articles"]) <= 8 and all(map(_article, content["articles"]))
        case _:
            return False


def _article(article: dict[str, str]) -> bool:
    return (
        0 < len(article["title"].encode()) <= 128
        and len(article["description"].encode()) <= 512
        and bool(article["url"])
    )


def _answer(code: int) -> web.Response:
    return web.json_response({"errcode": code, "errmsg": "ok" if code == 0 else f"error {code}"})
