"""A WeCom corp as one of its apps meets it: tokens, and callbacks that are signed and sealed.

The callbacks' cipher is wechatpy's, so that our own is checked against another implementation.
"""

from __future__ import annotations

import importlib
import itertools
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, cast

import aiohttp
import xmltodict
from aiohttp import web

from core.clock import Clock, SystemClock
from tests.standins.stamped import stamped
from tests.standins.wecom_rules import Tokens
from tests.standins.wecom_trouble import Handler, Troublesome, says

Route = tuple[str, str, Handler]  # method, path below /cgi-bin/, handler


class _Crypto(Protocol):
    def encrypt_message(self, msg: str, nonce: str, timestamp: str | None = None) -> str: ...


@dataclass(frozen=True)
class Answer:
    """What the callback address said."""

    status: int
    body: str = ""


@dataclass
class Corp(Troublesome):
    """The platform. ``hook`` is the app's callback address; set it before the first callback."""

    clock: Clock = field(default_factory=SystemClock)
    corp_id: str = "ww0123456789abcdef"
    secret: str = field(default_factory=lambda: secrets.token_hex(20))
    hook: str = ""
    port: int = 0
    _session: aiohttp.ClientSession | None = None

    def __post_init__(self) -> None:
        super().__init__()
        self.tokens = Tokens(self._now)
        self.token = "".join(secrets.choice("abcDEF123") for _ in range(20))
        self.key = "".join(secrets.choice("abcDEF123") for _ in range(43))
        self._ids = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.uploads: list[bytes] = []
        self.names: list[str] = []  # of what was uploaded

    def _now(self) -> datetime:
        return self.clock.now()  # the clock may be replaced by a shop's own

    def settings(self, **more: object) -> dict[str, object]:
        """What a shop would write into its settings to use this app."""
        mine: dict[str, object] = {
            "corp_id": self.corp_id,
            "secret": self.secret,
            "token": self.token,
            "encoding_aes_key": self.key,
            "api_base": self.url,
        }
        return mine | more

    def guarded(self) -> list[Route]:
        """The endpoints that want a token; the last part of a path is the endpoint's name."""
        return [("POST", "media/upload", self._upload)]

    async def _upload(self, request: web.Request) -> web.Response:
        media = (await request.post())["media"]
        assert isinstance(media, web.FileField)
        self.uploads.append(media.file.read())
        self.names.append(media.filename)
        return says(0, type=request.query["type"], media_id=f"MEDIA-{len(self.uploads)}")

    async def start(self) -> None:
        """Listen; :attr:`url` tells where."""
        app = web.Application()
        gettoken = self.served("gettoken", self._gettoken)
        app.router.add_route("GET", "/cgi-bin/gettoken", gettoken)
        for method, path, handler in self.guarded():
            named = path.removeprefix("kf/").removeprefix("externalcontact/")
            served = self.served(named, self._authorised(handler))
            app.router.add_route(method, f"/cgi-bin/{path}", served)
        self.furnish(app)
        stamped(app, self._now)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        self._session = aiohttp.ClientSession()

    def furnish(self, app: web.Application) -> None:
        """Further addresses, for people."""

    async def stop(self) -> None:
        """Stop listening."""
        self.released.set()
        if self._session:
            await self._session.close()
        if self._runner:
            await self._runner.cleanup()

    def _authorised(self, handler: Handler) -> Handler:
        async def serve(request: web.Request) -> web.Response:
            code = self.tokens.error(request.query.get("access_token", ""))
            return says(code) if code else await handler(request)

        return serve

    async def _gettoken(self, request: web.Request) -> web.Response:
        if request.query.get("corpid") != self.corp_id:
            return says(40013)
        if request.query.get("corpsecret") != self.secret:
            return says(40001)
        token, lasts = self.tokens.current()
        return says(0, access_token=token, expires_in=lasts)

    # Callbacks -----------------------------------------------------------------------------------

    async def pushes(self, **elements: str) -> Answer:
        """One push; text goes into CDATA, what begins with ``<`` is taken as it is."""
        return await self.post(*self.sign(self.document(**elements)))

    def document(self, **elements: str) -> str:
        """What is sealed inside a push."""
        stamp = str(int(self._now().timestamp()))
        fields = {"ToUserName": self.corp_id, "CreateTime": stamp, **elements}
        inner = "".join(
            f"<{n}>{v}</{n}>" if v.startswith("<") else f"<{n}><![CDATA[{v}]]></{n}>"
            for n, v in fields.items()
        )
        return f"<xml>{inner}</xml>"

    def sign(self, document: str) -> tuple[dict[str, str], str]:
        """Query and body of a push."""
        query, sealed = self._sealed(document)
        name = f"<ToUserName><![CDATA[{self.corp_id}]]></ToUserName>"
        return query, f"<xml>{name}<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"

    async def post(self, query: dict[str, str], body: str) -> Answer:
        """One push, as it was signed."""
        assert self._session, "not started"
        sent = self._session.post(self.hook, params=query, data=body.encode())
        async with sent as response:
            return Answer(response.status, await response.text())

    async def verify(self, echo: str = "4375120948345356249", **query: str) -> Answer:
        """The GET of the console; ``query`` replaces parameters."""
        assert self._session, "not started"
        signed, sealed = self._sealed(echo)
        wanted = signed | {"echostr": sealed} | query
        async with self._session.get(self.hook, params=wanted) as response:
            return Answer(response.status, await response.text())

    def _sealed(self, plain: str) -> tuple[dict[str, str], str]:
        stamp, nonce = str(int(self._now().timestamp())), str(secrets.randbelow(10**10))
        library = importlib.import_module("wechatpy.enterprise.crypto")
        crypto: _Crypto = library.WeChatCrypto(self.token, self.key, self.corp_id)
        outer = cast(
            "dict[str, dict[str, str]]",
            xmltodict.parse(crypto.encrypt_message(plain, nonce, stamp)),
        )["xml"]
        query = {"timestamp": stamp, "nonce": nonce, "msg_signature": outer["MsgSignature"]}
        return query, outer["Encrypt"]
