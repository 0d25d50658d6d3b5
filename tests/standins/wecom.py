"""WeCom as an app with customer-service accounts meets it: the API, and the callbacks.

The callbacks' cipher is wechatpy's, so that our own is checked against another implementation.
"""

from __future__ import annotations

import importlib
import itertools
import secrets
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import aiohttp
import xmltodict
from aiohttp import web

from core.clock import Clock, SystemClock
from tests.standins.wecom_api import KfApi, Sent

__all__ = ["Sent", "WeCom"]


class _Crypto(Protocol):
    def encrypt_message(self, msg: str, nonce: str, timestamp: str | None = None) -> str: ...


@dataclass(frozen=True)
class Answer:
    """What the callback address said."""

    status: int
    body: str = ""


@dataclass
class WeCom(KfApi):
    """The platform. ``hook`` is the app's callback address; set it before the first callback."""

    corp_id: str = "ww0123456789abcdef"
    clock: Clock = field(default_factory=SystemClock)
    hook: str = ""
    _session: aiohttp.ClientSession | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.token = "".join(secrets.choice("abcDEF123") for _ in range(20))
        self.key = "".join(secrets.choice("abcDEF123") for _ in range(43))
        self._ids = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self.url = ""

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

    async def start(self) -> None:
        """Listen on a free local port; :attr:`url` tells where."""
        app = web.Application()
        for method, path, handler in self.routes():
            app.router.add_route(method, f"/cgi-bin/{path}", handler)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        self._session = aiohttp.ClientSession()

    async def stop(self) -> None:
        """Stop listening."""
        self.released.set()
        if self._session:
            await self._session.close()
        if self._runner:
            await self._runner.cleanup()

    # What people do on their phones -------------------------------------------------------------

    async def says(self, customer: str, words: str, **fields: Any) -> Answer:
        """A customer writes; ``fields`` replaces fields of the entry (``msgid``, ``msgtype``)."""
        self.customer(customer).writes(self.clock.now())
        return await self.tell(self.entry(customer, "text", {"content": words}, **fields))

    async def enters(self, customer: str, scene: str = "shop", *, welcomed: bool = False) -> Answer:
        """A customer opens the chat; those ``welcomed`` before bring no code."""
        code = "" if welcomed else self.codes.give(customer, "text msgmenu", 20)
        body = {"scene": scene, "scene_param": "order-7", "welcome_code": code}
        return await self.tell(self.event(customer, "enter_session", **body))

    async def takes(self, customer: str, servicer: str) -> Answer:
        """A servicer takes a customer from the pool."""
        self.customer(customer).state, self.customer(customer).servicer = 3, servicer
        code = self.codes.give(customer, "text", 48 * 3600)
        return await self._changed(customer, 1, new_servicer_userid=servicer, msg_code=code)

    async def answers(self, customer: str, servicer: str, words: str) -> Answer:
        """A servicer writes to a customer from the WeCom client."""
        self.customer(customer).state, self.customer(customer).servicer = 3, servicer
        fields = {"origin": 5, "servicer_userid": servicer}
        return await self.tell(self.entry(customer, "text", {"content": words}, **fields))

    async def ends(self, customer: str) -> Answer:
        """The servicer ends the session."""
        session = self.customer(customer)
        old, session.servicer, session.state = session.servicer, "", 4
        code = self.codes.give(customer, "text msgmenu", 20)
        return await self._changed(customer, 3, old_servicer_userid=old, msg_code=code)

    async def fails(self, msgid: str, customer: str, kind: int) -> Answer:
        """A message that was accepted did not arrive after all."""
        body = {"fail_msgid": msgid, "fail_type": kind}
        return await self.tell(self.event(customer, "msg_send_fail", **body))

    async def _changed(self, customer: str, kind: int, **fields: str) -> Answer:
        return await self.tell(
            self.event(customer, "session_status_change", change_type=kind, **fields)
        )

    # How the platform tells it ------------------------------------------------------------------

    def entry(self, customer: str, kind: str, body: object, **fields: Any) -> dict[str, Any]:
        """One entry of ``msg_list``."""
        return {
            "msgid": f"msg-{next(self._ids)}",
            "open_kfid": self.account,
            "external_userid": customer,
            "send_time": int(self.clock.now().timestamp()),
            "origin": 3,
            "msgtype": kind,
            kind: body,
        } | fields

    def event(self, customer: str, kind: str, **body: Any) -> dict[str, Any]:
        """One event of ``msg_list``: whom it is about is said inside."""
        about = {"event_type": kind, "open_kfid": self.account, "external_userid": customer}
        entry = self.entry("", "event", about | body, origin=4)
        del entry["external_userid"]
        return entry

    async def tell(self, *entries: dict[str, Any]) -> Answer:
        """Put entries on a new page, and call back."""
        self.pages.append(list(entries))
        return await self.call_back()

    async def call_back(self, **fields: str) -> Answer:
        """ "There is something": signed, encrypted, and without any message."""
        elements = {
            "ToUserName": self.corp_id,
            "CreateTime": str(int(self.clock.now().timestamp())),
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": self.pull_token(),
            "OpenKfId": self.account,
        } | fields
        inner = "".join(f"<{n}><![CDATA[{v}]]></{n}>" for n, v in elements.items())
        return await self.post(*self.sign(f"<xml>{inner}</xml>"))

    def sign(self, document: str) -> tuple[dict[str, str], str]:
        """Query and body of a push."""
        query, sealed = self._sealed(document)
        name = f"<ToUserName><![CDATA[{self.corp_id}]]></ToUserName>"
        return query, f"<xml>{name}<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"

    async def post(self, query: dict[str, str], body: str) -> Answer:
        """One push."""
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
        stamp, nonce = str(int(self.clock.now().timestamp())), str(secrets.randbelow(10**10))
        library = importlib.import_module("wechatpy.enterprise.crypto")
        crypto: _Crypto = library.WeChatCrypto(self.token, self.key, self.corp_id)
        outer = cast(
            "dict[str, dict[str, str]]",
            xmltodict.parse(crypto.encrypt_message(plain, nonce, stamp)),
        )["xml"]
        query = {"timestamp": stamp, "nonce": nonce, "msg_signature": outer["MsgSignature"]}
        return query, outer["Encrypt"]
