"""Plays an endpoint for chat completions: a model that is honest, obeys anybody, or is not well."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

KEY = "sk-model-secret"
STATUS = {"busy": 429, "broken": 500, "key": 401, "missing": 404, "poor": 402, "moved": 302}
DONE = '{"done": true}'


def line(say: str, *cites: str) -> str:
    """One line in the strict form."""
    return json.dumps({"say": say, "from": list(cites)}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model was asked."""

    system: str
    user: str
    key: str
    body: dict[str, Any]

    @property
    def brief(self) -> dict[str, Any]:
        """The JSON of the question."""
        found: dict[str, Any] = json.loads(self.user)
        return found

    @property
    def sources(self) -> dict[str, str]:
        return {source["id"]: source["text"] for source in self.brief["sources"]}


def honest(asked: Asked) -> str:
    """Says the first source as it is."""
    name, text = next(iter(asked.sources.items()))
    return f"{line(text, name)}\n{DONE}"


@dataclass(slots=True)
class Model:
    """``says``: what the model makes of a question. ``mood``: how the server behaves.

    ``well``, ``whole`` (does not stream), ``slow``, ``drip`` (a byte now and then), ``cut``,
    ``length`` (stopped by its limit), ``html``, ``endless``, ``lies`` (about tokens), or one of
    :data:`STATUS`.
    """

    says: Callable[[Asked], str] = honest
    mood: str = "well"
    asked: list[Asked] = field(default_factory=list[Asked])
    url: str = ""
    tokens: int = 120
    piece: int = 7  # characters in an event
    gate: asyncio.Event | None = None  # what it waits for after its first line

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = await request.json()
        system, user = (message["content"] for message in body["messages"])
        asked = Asked(system, user, request.headers.get("Authorization", ""), body)
        self.asked.append(asked)
        if status := STATUS.get(self.mood):
            error = {"error": {"message": f"{self.mood} {asked.key}"}}
            return web.json_response(error, status=status, headers={"Location": "/elsewhere"})
        if self.mood == "html":
            return web.Response(text="<html>maintenance</html>", content_type="text/html")
        if self.mood == "slow":
            await asyncio.Event().wait()  # longer than anybody waits
        words = self.says(asked)
        if self.mood == "whole":
            choice = {"message": {"content": words}, "finish_reason": "stop"}
            usage = {"total_tokens": self.tokens}
            return web.json_response({"choices": [choice], "usage": usage})
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        with suppress(ConnectionError):  # who asked has hung up
            await self._stream(request, answer, words)
        return answer

    async def _stream(self, request: web.Request, answer: web.StreamResponse, words: str) -> None:
        await answer.prepare(request)
        await answer.write(b": keep-alive\n\n")
        if self.mood == "endless":
            await answer.write(b"data: " + b"x" * 300_000)
        half = len(words) // 2
        for at in range(0, len(words), self.piece):
            if self.mood == "cut" and at >= half:
                assert request.transport is not None
                request.transport.abort()
                return
            await answer.write(_event({"delta": {"content": words[at : at + self.piece]}}))
            if self.gate and "\n" in words[at : at + self.piece]:
                await self.gate.wait()
            if self.mood == "drip":
                await asyncio.sleep(0.05)  # real time: the caller looks at no other
        stop = "length" if self.mood == "length" else "stop"
        await answer.write(_event({"delta": {}, "finish_reason": stop}))
        tokens = -1 if self.mood == "lies" else self.tokens
        used = json.dumps({"choices": [], "usage": {"total_tokens": tokens}})
        await answer.write(f"data: {used}\n\ndata: [DONE]\n\n".encode())


def _event(choice: dict[str, Any]) -> bytes:
    return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()


@asynccontextmanager
async def model() -> AsyncGenerator[Model]:
    """One that listens."""
    server = Model()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()
