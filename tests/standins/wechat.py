"""WeChat as an official account meets it: its API, and the pushes to the account's webhook.

The cipher is wechatpy's, so that our own is checked against another implementation.
"""

from __future__ import annotations

import hashlib
import itertools
import secrets
from dataclasses import dataclass, field
from typing import Any, Protocol, cast
from xml.sax.saxutils import escape

import aiohttp
import xmltodict
from wechatpy import crypto as wechatpy_crypto

from core.clock import Clock, SystemClock, wait_for
from tests.standins.wechat_api import WeChatApi

PATIENCE = 5.0  # seconds the platform waits for an answer
ATTEMPTS = 3
ACKNOWLEDGED = ("", "success")
_TRIGGERS = {"subscribe": "follow", "SCAN": "scan", "CLICK": "click"}


class _Crypto(Protocol):
    def encrypt_message(self, msg: str, nonce: str, timestamp: str | None = None) -> str: ...

    def decrypt_message(
        self, msg: str, signature: str, timestamp: str, nonce: str
    ) -> str | bytes: ...


@dataclass(frozen=True)
class Answer:
    """What the webhook said to one attempt; status 0 when it said nothing in time."""

    status: int
    body: str = ""


@dataclass
class Delivery:
    """All attempts at one push, and the passive reply the customer sees."""

    answers: list[Answer] = field(default_factory=list[Answer])
    reply: dict[str, Any] | None = None

    @property
    def text(self) -> str:
        """The words of the passive reply."""
        return str((self.reply or {}).get("Content", ""))

    @property
    def unavailable(self) -> bool:
        """Whether the customer was told that the account cannot serve."""
        last = self.answers[-1]
        return last.status != 200 or (last.body not in ACKNOWLEDGED and self.reply is None)


class WeChat(WeChatApi):
    """The platform. ``hook`` is the account's webhook; set it before the first push."""

    def __init__(self, clock: Clock | None = None, mode: str = "safe") -> None:
        self.token = "".join(secrets.choice("abcDEF123") for _ in range(12))
        self.key = "".join(secrets.choice("abcDEF123") for _ in range(43))
        self.original_id = "gh_0123456789ab"
        super().__init__("wx0123456789abcdef", secrets.token_hex(16), clock or SystemClock())
        self.mode = mode
        self.hook = ""
        self.fresh_retries = False
        self._ids = itertools.count(26_100_000_000_000_001)
        self._session: aiohttp.ClientSession | None = None

    def settings(self, **more: object) -> dict[str, object]:
        """What a shop would write into its settings to use this account."""
        mine: dict[str, object] = {
            "token": self.token,
            "encoding_aes_key": self.key,
            "app_id": self.app_id,
            "app_secret": self.app_secret,
            "mode": self.mode,
            "api_base": self.url,
            "original_id": self.original_id,
        }
        return mine | more

    async def start(self) -> None:
        await super().start()
        self._session = aiohttp.ClientSession()

    async def stop(self) -> None:
        if self._session:
            await self._session.close()
        await super().stop()

    async def push_text(self, openid: str, words: str, **fields: str) -> Delivery:
        """A customer writes; ``fields`` adds or replaces elements (``MsgId=""`` leaves it out)."""
        self.quotas.open(openid, "message")
        return await self.deliver(self.message(openid, "text", Content=words, **fields))

    async def push_event(self, openid: str, event: str, key: str = "", **fields: str) -> Delivery:
        """A customer follows, scans, clicks, ..."""
        if event in _TRIGGERS:
            self.quotas.open(openid, _TRIGGERS[event])
        if event == "unsubscribe":
            self.quotas.close(openid)
        fields = {"Event": event, "EventKey": key, "MsgId": "", **fields}
        return await self.deliver(self.message(openid, "event", **fields))

    async def serve(self, openid: str, account: str = "tang@gh_0123456789ab") -> Delivery:
        """A servicer accepts the customer: from now on the customer's words go to that person."""
        self.desk.sessions[openid] = account
        return await self.push_event(openid, "kf_create_session", KfAccount=account)

    async def unserve(self, openid: str) -> Delivery:
        """The servicer ends the session."""
        account = self.desk.sessions.pop(openid)
        return await self.push_event(openid, "kf_close_session", KfAccount=account)

    async def finish_mass(
        self, number: int, status: str = "send success", sent: int = 0, missed: int = 0
    ) -> Delivery:
        """The result of a mass message, told by the platform's own helper."""
        done = "SEND_SUCCESS" if status == "send success" else "SEND_FAIL"
        for post in self.mass.posts:
            post.status = done if post.msg_id == number else post.status
        counts = {"TotalCount": str(sent + missed), "FilterCount": str(sent + missed)}
        counts |= {"SentCount": str(sent), "ErrorCount": str(missed)}
        told = {"MsgID": str(number), "Status": status, **counts}
        return await self.push_event("mphelper", "MASSSENDJOBFINISH", **told)

    def message(self, openid: str, kind: str, **fields: str) -> str:
        """The plain XML of a message."""
        elements = {
            "ToUserName": self.original_id,
            "FromUserName": openid,
            "CreateTime": self._stamp(),
            "MsgType": kind,
            "MsgId": str(next(self._ids)),
        } | fields
        inner = "".join(f"<{n}>{escape(v)}</{n}>" for n, v in elements.items() if v)
        return f"<xml>{inner}</xml>"

    async def deliver(self, document: str) -> Delivery:
        """Push like the platform: wait 5 s, hang up, push again, three times in all."""
        delivery = Delivery()
        request = self.sign(document)
        for _ in range(ATTEMPTS):
            try:
                answer = await wait_for(self.clock, self.post(*request), PATIENCE)
            except TimeoutError:
                delivery.answers.append(Answer(0))
                request = self.sign(document) if self.fresh_retries else request
                continue
            delivery.answers.append(answer)
            if answer.status == 200 and answer.body not in ACKNOWLEDGED:
                delivery.reply = self.read_reply(answer.body)
            break
        return delivery

    async def post(self, query: dict[str, str], body: str) -> Answer:
        """One attempt, without a limit of time."""
        assert self._session, "not started"
        headers = {"Content-Type": "text/xml"}
        sent = self._session.post(self.hook, params=query, data=body.encode(), headers=headers)
        async with sent as response:
            return Answer(response.status, await response.text())

    async def verify(self, echo: str = "4375120948345356249", **query: str) -> Answer:
        """The GET of the console; ``query`` replaces parameters."""
        assert self._session, "not started"
        wanted = self._signed() | {"echostr": echo} | query
        async with self._session.get(self.hook, params=wanted) as response:
            return Answer(response.status, await response.text())

    def sign(self, document: str) -> tuple[dict[str, str], str]:
        """Query and body of a push in this account's mode."""
        query = self._signed()
        if self.mode == "plain":
            return query, document
        stamp, nonce = query["timestamp"], query["nonce"]
        sealed = cast(
            "dict[str, dict[str, str]]",
            xmltodict.parse(self._crypto().encrypt_message(document, nonce, stamp)),
        )["xml"]
        query |= {"encrypt_type": "aes", "msg_signature": sealed["MsgSignature"]}
        beside = f"<ToUserName>{self.original_id}</ToUserName>"
        if self.mode == "compatible":
            beside = document.removeprefix("<xml>").removesuffix("</xml>")
        return query, f"<xml>{beside}<Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt></xml>"

    def read_reply(self, body: str) -> dict[str, Any]:
        """The passive reply as the customer's client gets it; raises for a wrong envelope."""
        document: str | bytes = body
        if self.mode != "plain":
            outer = cast("dict[str, dict[str, str]]", xmltodict.parse(body))["xml"]
            sign, stamp, nonce = outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"]
            document = self._crypto().decrypt_message(body, sign, stamp, nonce)
        return cast("dict[str, dict[str, Any]]", xmltodict.parse(document))["xml"]

    def _signed(self) -> dict[str, str]:
        stamp, nonce = self._stamp(), str(secrets.randbelow(10**10))
        joined = "".join(sorted((self.token, stamp, nonce)))
        return {
            "signature": hashlib.sha1(joined.encode()).hexdigest(),
            "timestamp": stamp,
            "nonce": nonce,
        }

    def _stamp(self) -> str:
        return str(int(self.clock.now().timestamp()))

    def _crypto(self) -> _Crypto:
        maker = cast("type[Any]", wechatpy_crypto.WeChatCrypto)
        return cast("_Crypto", maker(self.token, self.key, self.app_id))
