"""A shop of several processes, and the platform's own record of what it was told."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from core.app import App
from core.message import Inbound, Sender
from core.parts import Text
from core.store.models import Message
from tests.postgres.house import CHANNEL, settings

PATIENCE = 30.0
ALL_BUT_GATEWAY = ("worker", "sender", "scheduler")


@dataclass
class Platform:
    """Remembers what it was told, when; ``slow`` seconds pass before a handler may go on."""

    url: str = ""
    sent: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    began: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    held: set[str] = field(default_factory=set[str])  # handlers and sends that must wait
    release: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def send(self, request: web.Request) -> web.Response:
        message = await request.json()
        self.sent.append(message)
        await self._tell()
        if message["text"] in self.held:
            await self.release.wait()
        return web.json_response({})

    async def begin(self, request: web.Request) -> web.Response:
        text: str = (await request.json())["text"]
        self.began.append((time.monotonic(), text))
        await self._tell()
        if text in self.held:
            await self.release.wait()
        return web.json_response({})

    async def _tell(self) -> None:
        async with self.news:
            self.news.notify_all()

    async def until(self, true: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait for something that this platform sees."""
        async with asyncio.timeout(seconds), self.news:
            await self.news.wait_for(true)

    def shown(self, to: str) -> list[str]:
        """What a customer sees: a repeated key is shown once."""
        seen: dict[str, str] = {}
        for message in self.sent:
            if message["to"] == to:
                seen.setdefault(message["key"], message["text"])
        return list(seen.values())

    def repeated(self) -> int:
        """How many sends were repeats of a key."""
        return sum(n - 1 for n in Counter(message["key"] for message in self.sent).values())


class Town:
    """The gateway is in the test's own process; the others are real processes."""

    def __init__(self, app: App, platform: Platform, url: str, channel: dict[str, Any]) -> None:
        self.app, self.platform, self.url, self.channel = app, platform, url, channel
        self.people: list[Process] = []
        self._said: Counter[str] = Counter()

    async def hire(self, *roles: str) -> Process:
        """Start a process, and wait until it is ready."""
        command = ["-m", "tests.postgres.house", self.url, self.platform.url]
        command.append(json.dumps(self.channel))
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, *(roles or ALL_BUT_GATEWAY), stdout=PIPE
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        self.people.append(process)
        return process

    async def kill(self, process: Process) -> None:
        """End it as an out-of-memory killer would."""
        process.kill()
        await process.wait()

    async def says(self, who: str) -> str:
        """A customer's next numbered message; durable on return."""
        self._said[who] += 1
        text = f"{who}-{self._said[who]}"
        message = Inbound(text, who, Sender(who), (Text(text),), datetime.now(UTC))
        found = self.app.lines.get(CHANNEL)
        assert found is not None
        await found.accept([message])
        return text

    async def all_answered(self, *people: str) -> None:
        """Wait until every message is answered (of these customers, or of all)."""
        wanted = {who: n for who, n in self._said.items() if not people or who in people}
        await self.platform.until(
            lambda: all(len(self.platform.shown(who)) >= n for who, n in wanted.items())
        )

    async def check(self) -> None:
        """The books: everything handled once, in order, shown once."""
        rows = await Message.filter(direction="in").values_list("state", flat=True)
        assert Counter(map(str, rows)) == {"handled": self._said.total()}
        for who, number in self._said.items():
            assert self.platform.shown(who) == [f"{who}-{n} #{n}" for n in range(1, number + 1)]


@asynccontextmanager
async def town(url: str, **channel: Any) -> AsyncGenerator[Town]:
    """An open gateway and a platform; hire people yourself."""
    platform = Platform()
    site = web.Application()
    site.router.add_post("/send", platform.send)
    site.router.add_post("/began", platform.begin)
    runner = web.AppRunner(site, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    platform.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    app = App(settings(url, platform.url, ["gateway"], **channel))
    await app.start()
    here = Town(app, platform, url, channel)
    try:
        yield here
    finally:
        for process in here.people:
            if process.returncode is None:
                await here.kill(process)
        platform.release.set()
        await app.stop()
        await runner.cleanup()
