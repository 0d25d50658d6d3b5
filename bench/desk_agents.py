"""The agents of ``desk_load``: each lists, opens and answers as people do, and hears everything."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType

from bench.desk_shop import PASSWORD, login

LIST_EVERY, OPEN_EVERY, SEND_EVERY = 8.0, 12.0, 6.0  # seconds on average, of each agent
BROWSERS_DEFLATE = 15  # every browser offers to compress the line


@dataclass
class Waits:
    """What was waited for, in seconds."""

    listed: list[float] = field(default_factory=list[float])
    sent: list[float] = field(default_factory=list[float])

    def clear(self) -> None:
        """Begin anew."""
        self.listed, self.sent = [], []


@dataclass
class Agent:
    """Somebody with the page open."""

    number: int
    url: str
    browser: ClientSession
    waits: Waits
    heard: Counter[int] = field(default_factory=Counter[int])  # message ids
    sends: int = 0
    _line: ClientWebSocketResponse | None = None
    _cursor: str = ""

    @classmethod
    async def comes(cls, number: int, url: str, waits: Waits) -> Agent:
        """Somebody signed in."""
        browser = ClientSession(cookie_jar=CookieJar(unsafe=True))  # the server has no name
        agent = cls(number, f"{url}/desk/api", browser, waits)
        me = await agent.asks("POST", "/session", login=login(number), password=PASSWORD)
        browser.headers["X-CSRF-Token"] = me["csrf"]
        return agent

    async def asks(self, method: str, path: str, **body: Any) -> Any:  # noqa: ANN401 - JSON
        """An answer of the API; anything but success ends the run."""
        url, data = f"{self.url}{path}", body if method != "GET" else None
        async with self.browser.request(method, url, json=data) as response:
            content = await response.read()
            if response.status >= 400:
                raise SystemExit(f"{method} {path}: {response.status} {content.decode()}")
            return orjson.loads(content) if content else None

    async def lists(self) -> None:
        """Look at a list, as the page asks for it."""
        view, order = random.choice((("mine", "rank"), ("queue", "waiting"), ("all", "newest")))
        start = time.perf_counter()
        await self.asks("GET", f"/conversations?view={view}&order={order}")
        self.waits.listed.append(time.perf_counter() - start)

    async def opens(self) -> int:
        """Open one of one's conversations, as the page does; returns its number."""
        mine = await self.asks("GET", "/conversations?view=mine&order=rank")
        number = random.choice(mine["items"])["id"]
        path = f"/conversations/{number}"
        _, page, _ = await asyncio.gather(
            self.asks("GET", path),
            self.asks("GET", f"{path}/messages"),
            self.asks("GET", f"{path}/notes"),
        )
        await self.asks("PUT", f"{path}/seen", message=page["items"][-1]["id"])
        if self._line is not None and not self._line.closed:
            with suppress(ConnectionError):
                await self._line.send_json({"t": "look", "conversation": number})
        return number

    async def sends_to(self, number: int) -> None:
        """Answer a customer."""
        self.sends += 1
        words = {"client": f"{login(self.number)}-{self.sends:06}", "text": "好的，马上帮您看"}
        start = time.perf_counter()
        await self.asks("POST", f"/conversations/{number}/messages", **words)
        self.waits.sent.append(time.perf_counter() - start)

    async def listens(self) -> None:
        """Hear everything until cancelled, going on at the cursor whenever the line is lost."""
        while True:
            query = {"after": self._cursor} if self._cursor else {}
            url = f"{self.url}/live"
            async with self.browser.ws_connect(
                url, params=query, compress=BROWSERS_DEFLATE
            ) as line:
                self._line = line
                while (message := await line.receive()).type is WSMsgType.TEXT:
                    for frame in message.data.split("\n"):
                        self._hear(frame)
            await asyncio.sleep(random.uniform(0.1, 0.8))

    def _hear(self, data: str) -> None:
        if data.startswith(('{"t":"card"', '{"t":"strip"')):
            return  # they say how things are, and carry no cursor
        frame = orjson.loads(data)
        if frame["t"] == "reload":
            raise SystemExit("a cursor was too old")
        self._cursor = frame.get("cursor", self._cursor)
        if frame["t"] == "message":
            self.heard[frame["message"]["id"]] += 1

    @property
    def ready(self) -> bool:
        """Whether the line was heard."""
        return bool(self._cursor)

    def breaks(self) -> bool:
        """The line is cut without a word; returns whether there was one."""
        cable = self._line.get_extra_info("socket") if self._line is not None else None
        if cable is None or self._line is None or self._line.closed:
            return False
        with suppress(OSError):
            cable.shutdown(socket.SHUT_RDWR)
        return True

    async def works(self, until: float) -> None:
        """List, open and answer until then."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(random.random() * SEND_EVERY)
        number, opened, listed = await self.opens(), loop.time(), loop.time()
        while loop.time() < until:
            await asyncio.sleep(random.uniform(0.5, 1.5) * SEND_EVERY)
            await self.sends_to(number)
            if loop.time() - listed > LIST_EVERY:
                listed = loop.time()
                await self.lists()
            if loop.time() - opened > OPEN_EVERY:
                number, opened = await self.opens(), loop.time()
