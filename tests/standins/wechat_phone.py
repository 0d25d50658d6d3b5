"""A customer's phone before the WeChat stand-in: a page to talk to a shop without an account."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from core.clock import Clock
from tests.standins.wechat import Delivery, WeChat
from tests.standins.wechat_api import Sent

PAGE = Path(__file__).with_suffix(".html")
ME = "oPhoneOfTheStandin"


class Phone(WeChat):
    """The platform with one customer at the screen. ``log`` is what the phone shows, in order."""

    def __init__(self, clock: Clock | None = None, mode: str = "safe") -> None:
        super().__init__(clock, mode)
        self.log: list[dict[str, Any]] = []
        self.twice = False
        self.follows = True
        self._pushes: set[asyncio.Task[None]] = set()

    def furnish(self, app: web.Application) -> None:
        app.router.add_get("/", self._page)
        app.router.add_get("/phone", self._state)
        app.router.add_post("/phone/act", self._act)
        app.router.add_post("/phone/knob", self._knob)

    async def stop(self) -> None:
        for push in tuple(self._pushes):
            push.cancel()
        await asyncio.gather(*self._pushes, return_exceptions=True)
        await super().stop()

    def arrived(self, sent: Sent) -> None:
        kind = sent.payload["msgtype"]
        self._show("shop", kind, sent.payload[kind], "api")

    def _show(self, who: str, kind: str, content: object, via: str = "") -> None:
        at = self.clock.now().isoformat()
        entry = {"who": who, "kind": kind, "content": content, "via": via, "at": at}
        self.log.append(entry | {"n": len(self.log) + 1})

    async def _page(self, _request: web.Request) -> web.Response:
        return web.Response(text=PAGE.read_text("utf-8"), content_type="text/html")

    async def _state(self, request: web.Request) -> web.Response:
        """What is new since entry ``after``, and how things stand."""
        after = int(request.query.get("after", "0"))
        now = self.clock.now()
        windows = {
            act: {"left": left, "seconds": int((until - now).total_seconds())}
            for act, (left, until) in self.quotas.left(ME).items()
        }
        notices = [notice.payload for notice in self.desk.notices]
        menu = (self.desk.menu or {}).get("button", [])
        knobs = {"twice": self.twice, "slow": self.delay > 0, "follows": self.follows}
        facts = {"log": self.log[after:], "windows": windows, "menu": menu, "notices": notices}
        busy = len(self._pushes)
        calls = dict(self.calls)
        return web.json_response(
            {**facts, "knobs": knobs, "calls": calls, "hook": self.hook, "busy": busy}
        )

    async def _act(self, request: web.Request) -> web.Response:
        """The customer does something; the shop hears of it in its own time."""
        act: dict[str, str] = await request.json()
        document = self._document(act)
        if document is None:
            return web.json_response({"error": "unknown"}, status=400)
        self._show("me", act["do"], act)
        push = asyncio.create_task(self._push(document))
        self._pushes.add(push)
        push.add_done_callback(self._pushes.discard)
        return web.json_response({})

    def _document(self, act: dict[str, str]) -> str | None:
        acts: dict[str, Callable[[], str]] = {
            "text": lambda: self._said("text", Content=act["text"]),
            "choice": lambda: self._chosen(act["text"], act["id"]),
            "image": lambda: self._file("image", act["data"]),
            "location": lambda: self._said(
                "location", Location_X="30.27", Location_Y="120.15", Scale="15", Label=act["text"]
            ),
            "follow": lambda: self._happened("subscribe", act.get("scene", ""), "qrscene_"),
            "unfollow": lambda: self._happened("unsubscribe"),
            "click": lambda: self._happened("CLICK", act["key"]),
            "view": lambda: self._happened("VIEW", act["key"]),
            "scan": lambda: self._happened("SCAN", act["scene"]),
        }
        return acts[act["do"]]() if act.get("do") in acts else None

    def _said(self, kind: str, **fields: str) -> str:
        self.quotas.open(ME, "message")
        return self.message(ME, kind, **fields)

    def _chosen(self, words: str, option: str) -> str:
        self.quotas.open(ME, "click")
        return self.message(ME, "text", Content=words, bizmsgmenuid=option)

    def _file(self, kind: str, data: str) -> str:
        media = self.desk.keep(kind, base64.b64decode(data.partition(",")[2]))
        return self._said(kind, MediaId=media, PicUrl=f"{self.url}/video/{media}")

    def _happened(self, name: str, key: str = "", prefix: str = "") -> str:
        self.follows = name != "unsubscribe" and (self.follows or name == "subscribe")
        trigger = {"subscribe": "follow", "CLICK": "click", "SCAN": "scan"}.get(name)
        if trigger:
            self.quotas.open(ME, trigger)
        if name == "unsubscribe":
            self.quotas.close(ME)
        key = f"{prefix}{key}" if key else ""
        return self.message(ME, "event", Event=name, EventKey=key, MsgId="")

    async def _push(self, document: str) -> None:
        for _ in range(2 if self.twice else 1):
            try:
                self._heard(await self.deliver(document))
            except OSError as error:
                self._show("note", "unreachable", type(error).__name__)

    def _heard(self, delivery: Delivery) -> None:
        for number, answer in enumerate(delivery.answers, 1):
            if answer.status != 200:
                self._show("note", "attempt", {"number": number, "status": answer.status})
        if delivery.reply is not None:
            self._show("shop", str(delivery.reply["MsgType"]), delivery.reply, "passive")
        elif delivery.unavailable:
            self._show("note", "unavailable", "")

    async def _knob(self, request: web.Request) -> web.Response:
        """Make trouble: ``expire``, ``quota``, ``window``, ``busy`` once; the others on and off."""
        name = (await request.json()).get("name")
        once: dict[str, Callable[[], None]] = {
            "expire": self.tokens.expire,
            "quota": lambda: self.fail("send", 45047),
            "window": lambda: self.fail("send", 45015),
            "busy": lambda: self.fail("send", -1),
            "lost": lambda: self.drop("send"),
        }
        if name in once:
            once[name]()
        elif name == "twice":
            self.twice = not self.twice
        elif name == "slow":
            self.delay = 0.0 if self.delay else 3.0
        else:
            return web.json_response({"error": "unknown"}, status=400)
        self._show("note", "knob", name)
        return web.json_response({})
