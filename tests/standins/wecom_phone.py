"""A customer's phone and a member's phone before the WeCom stand-ins, as one page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.standins.wecom import WeCom
from tests.standins.wecom_app import WeComApp

PAGE = Path(__file__).with_suffix(".html")
ME, MEMBER, GROUP = "wmPhoneOfTheStandin", "zhangsan", "wrGroupOfTheStandin"
Act = dict[str, str]
_CUSTOMERS = {"says", "enters", "adds", "joins"}


class Phones(WeComApp):
    """The app's platform with the page on top; ``kf`` is the other platform it plays for."""

    def __init__(self, kf: WeCom) -> None:
        super().__init__()
        self.kf, self.log = kf, list[dict[str, Any]]()
        self.groups[GROUP] = MEMBER
        self._pushes: set[asyncio.Task[None]] = set()

    def furnish(self, app: web.Application) -> None:
        app.router.add_get("/", self._page)
        app.router.add_get("/phones", self._state)
        app.router.add_post("/phones/act", self._act)

    async def stop(self) -> None:
        for push in tuple(self._pushes):
            push.cancel()
        await asyncio.gather(*self._pushes, return_exceptions=True)
        await super().stop()

    async def _page(self, _request: web.Request) -> web.Response:
        return web.Response(text=PAGE.read_text("utf-8"), content_type="text/html")

    async def _state(self, _request: web.Request) -> web.Response:
        """Everything that both phones show."""
        heard = [
            {"at": sent.at.isoformat(), "who": "shop", "body": sent.body, "by": "customer"}
            for sent in self.kf.sent
        ]
        staff = [
            {"at": shown.at.isoformat(), "who": "shop", "body": shown.body, "by": "member"}
            for shown in self.shown
            if shown.member == MEMBER
        ]
        welcomes = [{"text": body.get("text", {}).get("content", "")} for _, body in self.welcomed]
        tasks = [
            {"id": t.msgid, "words": t.words, "sent": bool(t.sent), "cancelled": t.cancelled}
            for t in self.mass.tasks
        ]
        log = sorted([*self.log, *heard, *staff], key=lambda entry: str(entry["at"]))
        state = ["new", "bot", "pool", "person", "ended"][self.kf.customer(ME).state]
        facts = {"log": log, "tasks": tasks, "state": state, "put_away": self.put_away}
        return web.json_response(facts | {"welcomes": welcomes, "group": f"group:{GROUP}"})

    async def _act(self, request: web.Request) -> web.Response:
        act: Act = await request.json()
        does = self._acts().get(act.get("do", ""))
        if does is None:
            return web.json_response({"error": "unknown"}, status=400)
        push = asyncio.create_task(self._push(act, does))
        self._pushes.add(push)
        push.add_done_callback(self._pushes.discard)
        return web.json_response({})

    def _acts(self) -> dict[str, Callable[[Act], Awaitable[object]]]:
        return {
            "says": lambda act: self.kf.says(ME, act["text"]),
            "enters": lambda _: self.kf.enters(ME),
            "takes": lambda _: self.kf.takes(ME, MEMBER),
            "answers": lambda act: self.kf.answers(ME, MEMBER, act["text"]),
            "ends": lambda _: self.kf.ends(ME),
            "adds": lambda _: self.adds(ME, MEMBER, "by-hand"),
            "joins": lambda _: self.joins(GROUP, ME),
            "writes": lambda act: self.writes(MEMBER, act["text"]),
            "presses": lambda act: self.presses(MEMBER, act["card"], act["key"]),
            "confirms": self._confirm,
        }

    async def _confirm(self, _act: Act) -> None:
        self.confirms(MEMBER)

    async def _push(self, act: Act, does: Callable[[Act], Awaitable[object]]) -> None:
        by = "customer" if act["do"] in _CUSTOMERS else "member"
        at = self.clock.now().isoformat()
        who = "me" if "text" in act else "note"
        self.log.append({"at": at, "who": who, "by": by, "act": act})
        if act["do"] == "answers":
            said = {"msgtype": "text", "text": {"content": act["text"]}}
            self.log.append({"at": at, "who": "shop", "by": "customer", "body": said})
        try:
            await does(act)
        except OSError as error:
            note = {"do": "unreachable", "text": type(error).__name__}
            self.log.append({"at": at, "who": "note", "by": by, "act": note})
