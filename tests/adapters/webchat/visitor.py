"""A page without a browser: speaks the socket's protocol word by word."""

import itertools
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp

_numbers = itertools.count(1)


class Place(Protocol):
    """Whatever serves the page at ``url``."""

    @property
    def url(self) -> str: ...


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass
class Visitor:
    """One open socket and what came over it."""

    socket: aiohttp.ClientWebSocketResponse
    me: str = ""
    token: str = ""
    items: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def frame(self, *kinds: str) -> dict[str, Any]:
        """The next frame of one of those kinds; messages on the way are kept."""
        while True:
            frame = json.loads(await self.socket.receive_str(timeout=5))
            if frame["type"] == "items":
                self.items += frame["items"]
            if frame["type"] in kinds:
                return frame

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send_str(json.dumps({"type": kind, **fields}))

    async def say(self, text: str, client_id: str = "", **fields: Any) -> dict[str, Any]:
        """Send and wait for the answer."""
        client_id = client_id or f"client-{next(_numbers):04}"
        await self.send("say", id=client_id, text=text, **fields)
        return await self.frame("accepted", "refused")

    async def closed(self) -> int:
        """The code with which the server closes, after whatever it still says."""
        while True:
            message = await self.socket.receive(timeout=5)
            if message.type is not aiohttp.WSMsgType.TEXT:
                assert message.type is aiohttp.WSMsgType.CLOSE
                return message.data

    @property
    def texts(self) -> list[str]:
        """The words of all messages that came."""
        return [part["text"] for item in self.items for part in item["parts"]]


@asynccontextmanager
async def visit(shop: Place, token: str = "", **hello: Any) -> AsyncGenerator[Visitor]:
    """Open a socket, say hello and wait for the history."""
    headers = {"Origin": origin_of(shop.url)}
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{shop.url}/socket?embed=1", headers=headers) as socket,
    ):
        visitor = Visitor(socket)
        await visitor.send("hello", token=token, **hello)
        welcome = await visitor.frame("welcome")
        visitor.me, visitor.token = welcome["me"], welcome["token"]
        await visitor.frame("synced")
        yield visitor
