"""iLink as a bot of personal WeChat meets it: long polls, contexts, and unwritten limits."""

from __future__ import annotations

import asyncio
import base64
import itertools
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from core.clock import Clock, SystemClock

DAY, MOST, TEXT = timedelta(hours=24), 10, 4000
HOLD = 0.3  # seconds of real time that a poll is held; the platform holds it for about 35


@dataclass
class ILink:
    """The platform with one bot. ``behaviour`` of the next send: ``hang``, ``drop`` (after
    recording), or a number: that ``ret``. ``poll`` likewise for polls: a number, or a list of them.
    """

    token: str = "bot-token-1"
    clock: Clock = field(default_factory=SystemClock)
    sent: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    behaviour: str | int = ""
    polls: list[int] = field(default_factory=list[int])
    statuses: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    calls: int = 0
    polled: int = 0
    typing: int = 0
    acknowledged: int = 0
    url: str = ""

    def __post_init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.stored: dict[str, bytes] = {}  # what leads to a file: the sealed file
        self.uploads: list[dict[str, Any]] = []  # what was asked for
        self.store_status: list[int] = []  # of the next uploads
        self._ids = itertools.count(9_007_199_254_740_993)  # 2**53 + 1: no float can hold it
        self._context: dict[str, str] = {}
        self._wrote: dict[str, datetime] = {}
        self._answers: dict[str, int] = {}
        self._seen: set[str] = set()
        self._news = asyncio.Event()
        self._leave = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free local port."""
        app = web.Application(client_max_size=32 << 20)
        app.router.add_post("/ilink/bot/getupdates", self._getupdates)
        app.router.add_post("/ilink/bot/sendmessage", self._sendmessage)
        app.router.add_post("/ilink/bot/getuploadurl", self._getuploadurl)
        app.router.add_post("/c2c/upload", self._upload)
        app.router.add_get("/c2c/download", self._download)
        app.router.add_post("/ilink/bot/getconfig", self._getconfig)
        app.router.add_post("/ilink/bot/sendtyping", self._sendtyping)
        app.router.add_post("/ilink/bot/get_bot_qrcode", self._qrcode)
        app.router.add_get("/ilink/bot/get_qrcode_status", self._status)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Stop listening."""
        self._leave.set()
        self._news.set()
        if self._runner:
            await self._runner.cleanup()

    def says(self, who: str, text: str, **fields: Any) -> None:
        """Somebody writes to the bot; ``fields`` replaces fields of the update."""
        self._context[who] = f"context-{len(self.updates)}-{who}"
        self._wrote[who], self._answers[who] = self.clock.now(), 0
        self.updates.append(
            {
                "message_id": next(self._ids),
                "seq": len(self.updates),
                "from_user_id": who,
                "to_user_id": "bot@im.bot",
                "create_time_ms": int(self.clock.now().timestamp() * 1000),
                "message_type": 1,
                "message_state": 2,
                "item_list": [{"type": 1, "text_item": {"text": text}}],
                "context_token": self._context[who],
            }
            | fields
        )
        self._news.set()

    def _proven(self, request: web.Request) -> bool:
        number = base64.b64decode(request.headers["X-WECHAT-UIN"]).decode()
        assert 0 <= int(number) < 2**32
        assert request.headers["iLink-App-Id"] == "bot"
        return request.headers.get("Authorization") == f"Bearer {self.token}"

    async def _getupdates(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        self.polled += 1
        if not self._proven(request):
            return web.json_response({"ret": -14, "errmsg": "session stale"})
        if self.polls:
            return web.json_response({"ret": self.polls.pop(0), "errmsg": "no"})
        start = int(str(body["get_updates_buf"]).removeprefix("buf-") or 0)
        self.acknowledged = max(self.acknowledged, start)
        if start >= len(self.updates):
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), HOLD)
        news = self.updates[start : start + 20]
        buf = f"buf-{start + len(news)}"
        return web.json_response({"ret": 0, "msgs": news, "get_updates_buf": buf})

    async def _sendmessage(self, request: web.Request) -> web.Response:
        self.calls += 1
        message: dict[str, Any] = (await request.json())["msg"]
        behaviour, self.behaviour = self.behaviour, ""
        if isinstance(behaviour, int):
            return web.json_response({"ret": behaviour, "errmsg": "no"})
        if not self._proven(request):
            return web.json_response({"ret": -14})
        if code := self._judge(message):
            return web.json_response({"ret": code})
        self.sent.append(message)
        if behaviour == "drop" and request.transport:
            request.transport.abort()
        if behaviour == "hang":
            await self._leave.wait()
        return web.json_response({"ret": 0, "message_id": next(self._ids)})

    def _judge(self, message: dict[str, Any]) -> int:
        who, item = message["to_user_id"], message["item_list"][0]
        if item["type"] != 1:
            inner: dict[str, Any] = next(iter(v for k, v in item.items() if k != "type"))
            known = inner["media"]["encrypt_query_param"] in self.stored
            item = {"text_item": {"text": "a file" if known else ""}}
        text = item["text_item"]["text"]
        wrote = self._wrote.get(who)
        self._answers[who] = self._answers.get(who, 0) + 1
        alive = wrote is not None and self.clock.now() - wrote < DAY
        mine = message["context_token"] == self._context.get(who)
        fits = len(message["item_list"]) == 1 and 0 < len(text) <= TEXT
        fresh = message["client_id"] not in self._seen
        self._seen.add(message["client_id"])
        well = alive and mine and fits and fresh and self._answers[who] <= MOST
        return 0 if well else -2

    def keep(self, sealed: bytes) -> str:
        """Put a sealed file into the store; what leads to it."""
        param = f"param+{len(self.stored)}/=="
        self.stored[param] = sealed
        return param

    async def _getuploadurl(self, request: web.Request) -> web.Response:
        asked: dict[str, Any] = await request.json()
        if not self._proven(request):
            return web.json_response({"ret": -14})
        right = asked["filesize"] == 16 * (asked["rawsize"] // 16 + 1) and asked["no_need_thumb"]
        assert right, "the size of the sealed file"
        self.uploads.append(asked)
        return web.json_response({"ret": 0, "upload_param": f"up-{asked['filekey']}"})

    async def _upload(self, request: web.Request) -> web.Response:
        asked = self.uploads[-1]
        assert request.query["encrypted_query_param"] == f"up-{request.query['filekey']}"
        sealed = await request.read()
        if self.store_status:
            return web.Response(status=self.store_status.pop(0))
        if len(sealed) != asked["filesize"]:
            return web.Response(status=400)
        return web.Response(headers={"x-encrypted-param": self.keep(sealed)})

    async def _download(self, request: web.Request) -> web.Response:
        found = self.stored.get(request.query["encrypted_query_param"])
        return web.Response(status=404) if found is None else web.Response(body=found)

    async def _getconfig(self, request: web.Request) -> web.Response:
        return web.json_response({"ret": 0, "typing_ticket": "ticket"})

    async def _sendtyping(self, request: web.Request) -> web.Response:
        self.typing += (await request.json())["typing_ticket"] == "ticket"
        return web.json_response({"ret": 0})

    async def _qrcode(self, request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers
        shown = f"{self.url}/scan/me"
        return web.json_response({"ret": 0, "qrcode": "q1", "qrcode_img_content": shown})

    async def _status(self, request: web.Request) -> web.Response:
        return web.json_response(self.statuses.pop(0) if self.statuses else {"status": "wait"})
