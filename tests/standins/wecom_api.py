"""``qyapi.weixin.qq.com`` on a local port, as far as customer service goes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from tests.standins.wecom_corp import Corp, Route
from tests.standins.wecom_rules import ENDED, PERSON, POOL, TARGETS, Codes, Customer
from tests.standins.wecom_rules import content_error as wrong
from tests.standins.wecom_trouble import says

PARALLEL = 4  # more calls of sync_msg at once get 45033
PULL_TOKEN = timedelta(minutes=10)


@dataclass(frozen=True)
class Sent:
    """A message that reached a customer; ``code`` if it went by a one-time code."""

    at: datetime
    customer: str
    body: dict[str, Any]
    code: str = ""

    @property
    def text(self) -> str:
        content: str = self.body.get("text", {}).get("content", "")
        return content


@dataclass
class KfApi(Corp):
    """One app with one kf account.

    ``pages`` are what ``sync_msg`` hands out, one a call: the cursor ``p7`` stands before page 7.
    Put in empty pages and entries twice as you like; :attr:`rewinds` sends pullers back.
    """

    account: str = "wkAccount"
    servicers: dict[str, int] = field(default_factory=lambda: {"zhangsan": 0})
    pages: list[list[dict[str, Any]]] = field(default_factory=list[list[dict[str, Any]]])
    sent: list[Sent] = field(default_factory=list[Sent])
    rewinds: list[int] = field(default_factory=list[int])
    media: dict[str, bytes] = field(default_factory=dict[str, bytes])
    cursors: list[str] = field(default_factory=list[str])
    tokenless: int = 0
    most_parallel: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.codes = Codes(self._now)
        self.customers: dict[str, Customer] = {}
        self._pull_tokens: dict[str, datetime] = {}
        self._shown: dict[str, str] = {}  # msgid -> customer: a repeated one is shown once
        self._parallel = 0
        self._arrived = asyncio.Condition()

    def customer(self, name: str) -> Customer:
        """The session of a customer."""
        return self.customers.setdefault(name, Customer())

    def pull_token(self) -> str:
        """A token as a callback carries it."""
        token = f"ENC{secrets.token_hex(8)}"
        self._pull_tokens[token] = self._now() + PULL_TOKEN
        return token

    async def until_sent(self, count: int) -> Sequence[Sent]:
        """Wait until so many messages have arrived in all."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.sent) >= count)
        return self.sent

    def guarded(self) -> list[Route]:
        """The endpoints that want a token."""
        return [
            *super().guarded(),
            ("POST", "kf/sync_msg", self._sync_msg),
            ("POST", "kf/send_msg", self._send_msg),
            ("POST", "kf/send_msg_on_event", self._send_msg_on_event),
            ("POST", "kf/service_state/get", self._get_state),
            ("POST", "kf/service_state/trans", self._trans),
            ("GET", "kf/servicer/list", self._servicers),
            ("POST", "kf/account/list", self._accounts),
            ("GET", "media/get", self._media),
            ("POST", "kf/customer/batchget", self._people),
        ]

    async def _sync_msg(self, request: web.Request) -> web.Response:
        self._parallel += 1
        self.most_parallel = max(self.most_parallel, self._parallel)
        try:
            return self._page(await request.json())
        finally:
            self._parallel -= 1

    def _page(self, body: dict[str, Any]) -> web.Response:
        if self._parallel > PARALLEL:
            return says(45033)
        if body.get("open_kfid") != self.account:
            return says(95000)
        if token := body.get("token"):
            if self._pull_tokens.get(token, self._now()) <= self._now():
                return says(95007)
        else:
            self.tokenless += 1
        cursor = str(body.get("cursor", ""))
        self.cursors.append(cursor)
        number = int(cursor.removeprefix("p") or 0)
        if self.rewinds:
            number = max(0, number - self.rewinds.pop(0))
        page = self.pages[number] if number < len(self.pages) else []
        following = min(number + 1, len(self.pages))
        more = int(following < len(self.pages))
        return says(0, next_cursor=f"p{following}", has_more=more, msg_list=page)

    async def _send_msg(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        if body.get("open_kfid") != self.account:
            return says(95000)
        if body.get("touser") not in self.customers:
            return says(40096)
        msgid = body.get("msgid") or secrets.token_hex(8)
        if msgid in self._shown:
            return says(0, msgid=msgid)
        code = wrong(body) or self.customer(body["touser"]).hears(self._now())
        return says(code) if code else await self._show(body["touser"], body, msgid)

    async def _send_msg_on_event(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        code = str(body.get("code", ""))
        if trouble := wrong(body):
            return says(trouble)
        customer = self.codes.use(code, str(body.get("msgtype")))
        msgid = body.get("msgid") or secrets.token_hex(8)
        return await self._show(customer, body, msgid, code) if customer else says(40058)

    async def _show(
        self, customer: str, body: dict[str, Any], msgid: str, code: str = ""
    ) -> web.Response:
        self._shown[msgid] = customer
        async with self._arrived:
            self.sent.append(Sent(self._now(), customer, body, code))
            self._arrived.notify_all()
        return says(0, msgid=msgid)

    async def _get_state(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        session = self.customer(body["external_userid"])
        return says(0, service_state=session.state, servicer_userid=session.servicer)

    async def _trans(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        who, target = body["external_userid"], body["service_state"]
        session = self.customer(who)
        if session.state == ENDED:
            return says(95013)
        if target not in TARGETS[session.state]:
            return says(95016)
        if target == PERSON and self.servicers.get(body.get("servicer_userid", ""), 1):
            return says(95014)
        session.state, session.servicer = target, body.get("servicer_userid", "")
        if target not in {POOL, ENDED}:
            return says(0)
        kinds, seconds = ("text", 48 * 3600) if target == POOL else ("text msgmenu", 20)
        return says(0, msg_code=self.codes.give(who, kinds, seconds))

    async def _servicers(self, request: web.Request) -> web.Response:
        assert request.query.get("open_kfid") == self.account
        listed = [{"userid": name, "status": s} for name, s in self.servicers.items()]
        return says(0, servicer_list=listed)

    async def _people(self, request: web.Request) -> web.Response:
        wanted: list[str] = (await request.json())["external_userid_list"]
        if not 0 < len(wanted) <= 100:
            return says(40058)
        known = [
            {"external_userid": name, "nickname": f"nick {name}", "unionid": f"u-{name}"}
            for name in wanted
            if name in self.customers
        ]
        strangers = [name for name in wanted if name not in self.customers]
        return says(0, customer_list=known, invalid_external_userid=strangers)

    async def _media(self, request: web.Request) -> web.Response:
        """A file by its id, or JSON that says why not."""
        found = self.media.get(request.query.get("media_id", ""))
        if found is None:
            return says(40007)
        named = {"Content-Disposition": 'attachment; filename="photo.jpg"'}
        return web.Response(body=found, content_type="image/jpeg", headers=named)

    async def _accounts(self, request: web.Request) -> web.Response:
        return says(0, account_list=[{"open_kfid": self.account, "name": "Xiaoer"}])
