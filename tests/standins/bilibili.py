"""The Bilibili open-live platform on loopback: signed HTTP calls and the room's WebSocket.

It answers well unless a test says otherwise: :attr:`answers` holds scripted HTTP answers by path,
:attr:`connects` and :attr:`auths` what becomes of the next connections, :attr:`silent` stops every
frame. :attr:`acts` is everything that the client did, in order, with the time of the test's clock.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

from core.clock import Clock
from tests.standins.bilibili_verify import Judge

KEY_ID, SECRET, APP_ID, CODE = "standInKey", "standInSecret", 1700000123451, "C7VK2P9XQ4MZ"
GAME_ID, ROOM_ID = "5f1d8c1e-0a4b-4d55-9b7e-2f1f5c0a9e01", 30123456
AUTH_BODY = '{"roomid":30123456,"protover":2,"key":"stand-in","group":"open"}'
HEADER = struct.Struct(">IHHII")


@dataclass(frozen=True)
class Act:
    """One thing the client did: ``http:/v2/app/start``, ``ws:connect``, ``ws:send``, ``ws:close``.

    ``value`` is the path's JSON body, the number of the address, or ``(operation, body)``.
    """

    kind: str
    at: float
    value: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])


def frame(op: int, body: bytes = b"", version: int = 0) -> bytes:
    """One packet as the platform sends it."""
    return HEADER.pack(16 + len(body), 16, version, op, 1) + body


class BilibiliStandIn:
    """Use it as an async context manager; :attr:`base` is the address for ``api_base``."""

    def __init__(self, clock: Clock, links: int = 3) -> None:
        self.clock = clock
        self.judge = Judge({KEY_ID: SECRET}, versions=("1.0",))
        self.acts: list[Act] = []
        self.answers: defaultdict[str, deque[dict[str, Any]]] = defaultdict(deque)
        self.connects: deque[bool] = deque()
        self.auths: deque[int] = deque()
        self.silent = False
        self.base = ""
        self._links = links
        self._began = clock.monotonic()
        self._seen: set[str] = set()
        self._sockets: list[web.WebSocketResponse] = []
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v2/app/{verb}", self._http)
        app.router.add_get("/sub/{number}", self._line)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.drop()
        await self._runner.cleanup()

    def links(self) -> list[str]:
        """The addresses of the room's line."""
        return [f"{self.base}/sub/{n}".replace("http", "ws", 1) for n in range(self._links)]

    def started(self, game_id: str = GAME_ID, auth_body: str = AUTH_BODY) -> dict[str, Any]:
        """A good answer of ``/v2/app/start``."""
        line = {"auth_body": auth_body, "wss_link": self.links()}
        host = {"room_id": ROOM_ID, "uname": "host", "open_id": "host-open-id", "union_id": ""}
        game = {"game_id": game_id}
        return _answer(0, {"game_info": game, "websocket_info": line, "anchor_info": host})

    def count(self, kind: str) -> int:
        """How often the client did that."""
        return sum(act.kind == kind for act in self.acts)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for the client to have done something."""
        async with self._news:
            await self._news.wait_for(condition)

    async def push(self, command: object) -> None:
        """Send a command to the room."""
        await self.push_raw(frame(5, json.dumps(command, ensure_ascii=False).encode()))

    async def push_raw(self, message: bytes) -> None:
        """Send these bytes as one WebSocket message."""
        for socket in self._sockets:
            await socket.send_bytes(message)

    async def push_text(self, message: str) -> None:
        """Send a text message, which the platform never does."""
        for socket in self._sockets:
            await socket.send_str(message)

    async def drop(self) -> None:
        """Hang up."""
        sockets, self._sockets = self._sockets, []
        for socket in sockets:
            await socket.close()

    async def _note(self, kind: str, value: object, headers: dict[str, str] | None = None) -> None:
        at = self.clock.monotonic() - self._began
        self.acts.append(Act(kind, at, value, headers or {}))
        async with self._news:
            self._news.notify_all()

    async def _http(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        await self._note(f"http:{request.path}", json.loads(body), headers)
        code = self.judge.code(headers, body, self.clock.now().timestamp(), self._seen)
        self._seen.add(headers.get("x-bili-signature-nonce", ""))
        if code:
            return web.json_response(_answer(code))
        scripted = self.answers[request.path]
        good = self.started() if request.path.endswith("/start") else _answer(0, {})
        answer = scripted.popleft() if scripted else good
        if "http_status" in answer or "reply_text" in answer:
            text = answer.get("reply_text", "")
            return web.Response(status=answer.get("http_status", 200), text=text)
        return web.json_response(answer)

    async def _line(self, request: web.Request) -> web.StreamResponse:
        await self._note("ws:connect", int(request.match_info["number"]))
        if self.connects and not self.connects.popleft():
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                await self._client_frame(socket, message.data)
        if socket in self._sockets:  # the client hung up, not the test
            self._sockets.remove(socket)
            await self._note("ws:close", int(request.match_info["number"]))
        return socket

    async def _client_frame(self, socket: web.WebSocketResponse, data: bytes) -> None:
        op = HEADER.unpack_from(data)[3]
        body = data[16:]
        await self._note("ws:send", (op, body.decode()))
        if op == 7:
            code = self.auths.popleft() if self.auths else 0
            await socket.send_bytes(frame(8, b'{"code":%d}' % code, version=1))
        elif op == 2 and not self.silent:
            await socket.send_bytes(frame(3, (18452).to_bytes(4, "big") + body, version=1))


def _answer(code: int, data: object = None) -> dict[str, Any]:
    return {"code": code, "message": str(code), "request_id": "1", "data": data}
