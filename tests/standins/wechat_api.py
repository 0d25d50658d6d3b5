"""``api.weixin.qq.com`` on a local port: tokens, customer-service messages, the typing mark."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from core.clock import Clock
from tests.standins.stamped import stamped
from tests.standins.wechat_desk import Desk
from tests.standins.wechat_mass import MassDesk
from tests.standins.wechat_rules import Quotas, Tokens

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True)
class Sent:
    """A customer-service message that reached the platform."""

    at: datetime
    openid: str
    payload: dict[str, Any]

    @property
    def text(self) -> str:
        content: str = self.payload.get("text", {}).get("content", "")
        return content


@dataclass(frozen=True)
class _Plan:
    kind: str  # code | http | drop | hang
    value: int = 0


def says(code: int, **more: object) -> web.Response:
    """An answer as the platform words it: HTTP 200 and an errcode."""
    words = "ok" if code == 0 else f"some trouble hint: [x] rid: 6f3a-{code}"
    return web.json_response({"errcode": code, "errmsg": words, **more})


class WeChatApi:
    """One account on the platform's side.

    Endpoints are called ``token``, ``send``, ``typing``, ``callbackip`` and as :class:`Desk` names
    its own, in :attr:`calls` and in the methods that plan trouble.
    """

    def __init__(self, app_id: str, app_secret: str, clock: Clock) -> None:
        self.app_id, self.app_secret, self.clock = app_id, app_secret, clock
        self.tokens = Tokens(self._now)
        self.quotas = Quotas(self._now)
        self.desk = Desk(self._now, says, lambda: self.url)
        self.mass = MassDesk(self._now, says, self.desk.tags)
        self.sent: list[Sent] = []
        self.calls: Counter[str] = Counter()
        self.released = asyncio.Event()
        self._arrived = asyncio.Condition()
        self._plans: dict[str, deque[_Plan]] = {}
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.port = 0  # a free one
        self.delay = 0.0  # seconds before every answer

    def _now(self) -> datetime:
        return self.clock.now()  # the clock may be replaced by a shop's own

    def fail(self, endpoint: str, code: int, times: int = 1) -> None:
        """Answer ``code`` for the next ``times`` calls."""
        self._plan(endpoint, _Plan("code", code), times)

    def break_http(self, endpoint: str, status: int, times: int = 1) -> None:
        """Answer with a bare HTTP status, like a broken gateway."""
        self._plan(endpoint, _Plan("http", status), times)

    def drop(self, endpoint: str, times: int = 1) -> None:
        """Do the work, then lose the connection before the answer."""
        self._plan(endpoint, _Plan("drop"), times)

    def hang(self, endpoint: str, times: int = 1) -> None:
        """Do the work and do not answer before :attr:`released` is set."""
        self._plan(endpoint, _Plan("hang"), times)

    async def until_sent(self, count: int) -> list[Sent]:
        """Wait until so many messages have arrived in all."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.sent) >= count)
        return self.sent

    async def start(self) -> None:
        """Listen on a free local port; :attr:`url` tells where."""
        app = web.Application(client_max_size=16 << 20)
        routes: list[tuple[str, str, str, Handler]] = [
            ("POST", "/cgi-bin/stable_token", "token", self._stable_token),
            ("GET", "/cgi-bin/token", "token", self._old_token),
            ("POST", "/cgi-bin/message/custom/send", "send", self._authorised(self._send)),
            ("POST", "/cgi-bin/message/custom/typing", "typing", self._authorised(self._typing)),
            ("GET", "/cgi-bin/getcallbackip", "callbackip", self._authorised(self._ips)),
        ]
        for method, path, name, handler in (*self.desk.routes(), *self.mass.routes()):
            routes.append((method, path, name, self._authorised(handler)))
        for method, path, name, handler in routes:
            app.router.add_route(method, path, self._served(name, handler))
        app.router.add_get("/video/{media}", self.desk.video)
        self.furnish(app)
        stamped(app, self._now)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    def arrived(self, sent: Sent) -> None:
        """A message has reached its customer."""

    def furnish(self, app: web.Application) -> None:
        """Add pages of one's own."""

    async def stop(self) -> None:
        """Stop listening."""
        self.released.set()
        if self._runner:
            await self._runner.cleanup()

    def _plan(self, endpoint: str, plan: _Plan, times: int) -> None:
        self._plans.setdefault(endpoint, deque()).extend([plan] * times)

    def _served(self, name: str, handler: Handler) -> Handler:
        async def serve(request: web.Request) -> web.Response:
            self.calls[name] += 1
            if self.delay:
                await self.clock.sleep(self.delay)
            plans = self._plans.get(name)
            plan = plans.popleft() if plans else _Plan("")
            if plan.kind == "code":
                return says(plan.value)
            if plan.kind == "http":
                return web.Response(status=plan.value, text="<html>bad gateway</html>")
            response = await handler(request)
            if plan.kind == "drop" and request.transport:
                request.transport.close()
            if plan.kind == "hang":
                await self.released.wait()
            return response

        return serve

    def _authorised(self, handler: Handler) -> Handler:
        async def serve(request: web.Request) -> web.Response:
            code = self.tokens.error(request.query.get("access_token", ""))
            return says(code) if code else await handler(request)

        return serve

    async def _stable_token(self, request: web.Request) -> web.Response:
        body = await request.json()
        code = self._credentials(body.get("appid"), body.get("secret"), body.get("grant_type"))
        return self._token(code, force=body.get("force_refresh", False))

    async def _old_token(self, request: web.Request) -> web.Response:
        query = request.query
        code = self._credentials(query.get("appid"), query.get("secret"), query.get("grant_type"))
        return self._token(code, force=True)

    def _credentials(self, app_id: object, secret: object, grant: object) -> int:
        if grant != "client_credential":
            return 40002
        if app_id != self.app_id:
            return 40013
        return 0 if secret == self.app_secret else 40125

    def _token(self, code: int, *, force: bool) -> web.Response:
        if code:
            return says(code)
        token, lasts = self.tokens.current(force=force)
        return web.json_response({"access_token": token, "expires_in": lasts})

    async def _send(self, request: web.Request) -> web.Response:
        raw = await request.read()
        payload: dict[str, Any] = json.loads(raw)
        code = 40033 if b"\\u" in raw else _content_error(payload)
        code = code or self._media_error(payload)
        code = code or self.quotas.take(payload["touser"])
        if code:
            return says(code)
        async with self._arrived:
            self.sent.append(Sent(self.clock.now(), payload["touser"], payload))
            self.arrived(self.sent[-1])
            self._arrived.notify_all()
        return says(0)

    def _media_error(self, payload: dict[str, Any]) -> int:
        content: dict[str, Any] = payload[payload["msgtype"]]
        ids = [content[name] for name in ("media_id", "thumb_media_id") if name in content]
        return 0 if all(map(self.desk.knows, ids)) else 40007

    async def _typing(self, request: web.Request) -> web.Response:
        body = await request.json()
        return says(0 if body.get("command") in {"Typing", "CancelTyping"} else 45072)

    async def _ips(self, request: web.Request) -> web.Response:
        return web.json_response({"ip_list": ["127.0.0.1"]})


def _content_error(payload: dict[str, Any]) -> int:
    kind = payload.get("msgtype")
    content = payload.get(str(kind))
    if not payload.get("touser"):
        return 40003
    if not isinstance(content, dict):
        return 40008
    if kind == "text":
        words: str = payload["text"].get("content", "")
        return 44004 if not words else 45002 if len(words.encode()) > 2048 else 0
    if kind == "news":
        return 0 if len(payload["news"].get("articles", ())) == 1 else 45008
    return 0
