"""People at the desk of a real shop: each with a browser's cookies, talking to the real server."""

from __future__ import annotations

import itertools
import json
from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType
from argon2 import PasswordHasher

from core.testing import Shop, open_shop
from plugins.console.models import Acknowledgement, Staff
from plugins.console.quality.notice import version
from plugins.console.settings import ConsoleSettings

PLUGINS = ("handoff", "complaints", "orders", "groups", "console")
NUMBERS = itertools.count(1)
PASSWORD = "correct horse battery"
HASHES: list[str] = []
LOST = 5.0  # seconds of real time after which a frame will not come


class Refused(AssertionError):  # noqa: N818 - reads as a fact
    """The server said no."""

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {error}")
        self.status, self.code, self.error = status, error.get("code"), error


@dataclass
class Person:
    """Somebody with a browser."""

    shop: Shop
    login: str
    password: str
    browser: ClientSession
    csrf: str = ""
    me: dict[str, Any] = field(default_factory=dict[str, Any])

    async def signs_in(self, **more: Any) -> dict[str, Any]:
        body = {"login": self.login, "password": self.password, **more}
        self.me = await self.posts("/session", **body)
        self.csrf = self.me["csrf"]
        return self.me

    async def gets(self, path: str, **query: Any) -> dict[str, Any]:
        return await self.asks("GET", path, params=query)

    async def posts(self, path: str, **body: Any) -> dict[str, Any]:
        return await self.asks("POST", path, json=body)

    async def puts(self, path: str, **body: Any) -> dict[str, Any]:
        return await self.asks("PUT", path, json=body)

    async def asks(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """The answer; raises :class:`Refused`."""
        headers = {"X-CSRF-Token": self.csrf, **more.pop("headers", {})}
        url = f"{self.shop.app.server.url}/desk/api{path}"
        async with self.browser.request(method, url, headers=headers, **more) as response:
            text = await response.text()
            if response.status >= 400:
                raise Refused(response.status, json.loads(text)["error"] if text else {})
            return json.loads(text) if text[:1] == "{" else {"text": text}

    async def says(self, conversation: int, text: str, **more: Any) -> dict[str, Any]:
        """Send a message to the customer."""
        client = more.pop("client", f"client-{next(NUMBERS):04}")
        sent = await self.posts(
            f"/conversations/{conversation}/messages", client=client, text=text, **more
        )
        await self.shop.settle()
        return sent["message"]

    async def listens(self, after: str = "") -> Line:
        """Open the live line."""
        query = {"after": after} if after else {}
        url = f"{self.shop.app.server.url}/desk/api/live"
        line = Line(await self.browser.ws_connect(url, params=query))
        await line.until("hello")
        return line


@dataclass
class Line:
    """A live line and everything heard on it."""

    socket: ClientWebSocketResponse
    heard: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    closed: int | None = None
    _next: deque[dict[str, Any]] = field(default_factory=deque[dict[str, Any]])

    @property
    def cursor(self) -> str:
        """Where to go on."""
        return next(f["cursor"] for f in reversed(self.heard) if "cursor" in f)

    def said(self) -> list[str]:
        """The texts of all messages heard."""
        return [f["message"]["text"] for f in self.heard if f["t"] == "message"]

    async def until(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """Listen until such a frame comes."""
        while True:
            frame = await self.frame(kind)
            if frame["t"] == kind and all(frame.get(k) == v for k, v in wanted.items()):
                return frame

    async def frame(self, wanted: str = "", patience: float = LOST) -> dict[str, Any]:
        """The next frame."""
        if not self._next:
            message = await self.socket.receive(patience)
            if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING}:
                self.closed = self.socket.close_code
                raise AssertionError(f"closed with {self.closed} before {wanted}")
            self._next.extend(json.loads(line) for line in message.data.splitlines())
        self.heard.append(self._next.popleft())
        return self.heard[-1]

    async def message(self, text: str) -> dict[str, Any]:
        """Listen until a message with this text comes."""
        while True:
            frame = await self.until("message")
            if frame["message"]["text"] == text:
                return frame["message"]

    async def event(self, kind: str) -> dict[str, Any]:
        """Listen until an event of this kind comes."""
        while True:
            frame = await self.until("event")
            if frame["event"]["kind"] == kind:
                return frame["event"]

    async def close(self) -> None:
        await self.socket.close()


@dataclass
class Office:
    """A shop with a desk."""

    shop: Shop
    browsers: list[ClientSession] = field(default_factory=list[ClientSession])

    async def hires(
        self, login: str, *roles: str, capacity: int = 8, name: str = "", told: bool = True
    ) -> Person:
        """Somebody new, not signed in yet, who has read how work is looked at."""
        if not HASHES:
            HASHES.append(PasswordHasher().hash(PASSWORD))  # slow on purpose: once will do
        await Staff.create(
            login=login,
            name=name or login.title(),
            password=HASHES[0],
            roles=list(roles or ("agent",)),
            capacity=capacity,
            created_at=self.shop.clock.now(),
        )
        if told:
            texts, settings = self.shop.app.texts, self.settings
            await Acknowledgement.create(
                login=login,
                version=version(texts, settings),
                text="",
                at=self.shop.clock.now(),
            )
        return self.person(login, PASSWORD)

    @property
    def settings(self) -> ConsoleSettings:
        """The desk's, as they are now."""
        return self.shop.app.registry.services[ConsoleSettings]

    def person(self, login: str, password: str = "") -> Person:
        """Somebody with a fresh browser."""
        browser = ClientSession(cookie_jar=CookieJar(unsafe=True))  # the server has no name
        self.browsers.append(browser)
        return Person(self.shop, login, password, browser)

    async def opens(self, login: str, *roles: str, **more: Any) -> Person:
        """Somebody new, signed in."""
        person = await self.hires(login, *roles, **more)
        await person.signs_in()
        return person

    async def number(self, customer: str) -> int:
        """The conversation of a customer of the mock channel."""
        return (await self.shop.conversation(customer)).id


@asynccontextmanager
async def open_desk(
    *, settings: Mapping[str, Any] | None = None, plugins: Sequence[str] = PLUGINS, **more: Any
) -> AsyncGenerator[Office]:
    """A running shop with its desk."""
    async with open_shop(plugins=plugins, settings=settings, **more) as shop:
        office = Office(shop)
        try:
            yield office
        finally:
            for browser in office.browsers:
                await browser.close()
