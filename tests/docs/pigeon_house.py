"""Pigeon Post played by a real server: signs deliveries, takes messages, misbehaves on command."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web

from core.clock import Clock

TOKEN, SECRET = "pigeon-token", "pigeon-secret"


class PigeonHouse:
    """``mood``: an HTTP status to refuse the next message with, ``hang``, ``drop``, or nothing."""

    def __init__(self) -> None:
        self.base = ""
        self.shown: dict[str, str] = {}  # by ref: the same one again is shown once
        self.mood: int | str = ""

    @asynccontextmanager
    async def open(self) -> "AsyncGenerator[PigeonHouse]":
        app = web.Application()
        app.router.add_post("/messages", self._messages)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield self
        await runner.cleanup()

    async def _messages(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        mood, self.mood = self.mood, ""
        if isinstance(mood, int):
            return web.Response(status=mood)
        if mood == "hang":
            await asyncio.Event().wait()
        said = await request.json()
        self.shown.setdefault(said["ref"], said["text"])
        if mood == "drop" and request.transport is not None:
            request.transport.abort()
        return web.Response(status=201)

    async def deliver(self, hook: str, clock: Clock, key: str, text: str, secret: str) -> int:
        """Deliver a message to the webhook; the answer's status."""
        stamp = str(int(clock.now().timestamp()))
        said = {"id": key, "from": "mei", "name": "Mei", "text": text, "at": int(stamp)}
        body = json.dumps(said).encode()
        signature = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
        headers = {"X-Pigeon-Timestamp": stamp, "X-Pigeon-Signature": signature.hexdigest()}
        async with (
            ClientSession() as client,
            client.post(hook, data=body, headers=headers) as response,
        ):
            return response.status
