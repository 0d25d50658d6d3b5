"""Plays an OpenAI-compatible endpoint for embeddings: right, slow, wrong, cut off."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

WIDTH = 64


@dataclass(slots=True)
class Endpoint:
    """``mood``: ``well``, ``slow``, ``drip``, ``wrong``, ``short``, ``nan``, ``cut``, ``busy``."""

    mood: str = "well"
    keys: list[str] = field(default_factory=list[str])
    asked: list[list[str]] = field(default_factory=list[list[str]])
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = await request.json()
        texts: list[str] = body["input"]
        self.asked.append(texts)
        self.keys.append(request.headers.get("Authorization", ""))
        match self.mood:
            case "slow":
                await asyncio.sleep(5)
            case "busy":
                return web.json_response({"error": {"message": "rate limit"}}, status=429)
            case "wrong":
                return web.Response(text="<html>maintenance</html>")
            case "drip":
                return await self._drip(request)
            case "cut":
                await self._drip(request, 3)
                assert request.transport is not None
                request.transport.abort()
            case _:
                pass
        data = [{"index": n, "embedding": vector(text)} for n, text in enumerate(texts)]
        if self.mood == "nan":
            return web.Response(text='{"data": [{"index": 0, "embedding": [NaN]}]}')
        return web.json_response({"data": data[::-1][: len(data) - (self.mood == "short")]})

    async def _drip(self, request: web.Request, many: int = 100) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(many):
            await answer.write(b" ")
            await asyncio.sleep(0.02)
        return answer


def vector(text: str) -> list[float]:
    """Alike for texts of the same characters."""
    found = [0.0] * WIDTH
    for character, many in Counter(text).items():
        found[ord(character) % WIDTH] += many
    return found


@contextmanager
def endpoint() -> Generator[Endpoint]:
    """One that listens, in a thread and loop of its own: encoders are called from threads."""
    server, ready, loop = Endpoint(), threading.Event(), asyncio.new_event_loop()

    async def open_() -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/v1/embeddings", server.serve)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.port = int(runner.addresses[0][1])
        return runner

    def live() -> None:
        runner = loop.run_until_complete(open_())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    ready.wait(5)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
