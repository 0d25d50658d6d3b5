"""WeCom customer service: what it can do, and the verbs."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import msgspec
import structlog
from aiohttp import web

from adapters._weixin import codes
from adapters._weixin.body import read_body
from adapters._weixin.codes import Codes
from adapters._weixin.corp_door import Door
from adapters._weixin.corp_token import CorpClient
from adapters._weixin.download import download
from adapters._weixin.dress import GONE, Dresser
from adapters._weixin.drift import clock_findings
from adapters._weixin.errors import TROUBLE, ApiError, NotSentError
from adapters._weixin.guard import text
from adapters._weixin.own_id import own_id
from adapters._weixin.refusals import meanings
from adapters._weixin.seal import Seal
from adapters.wecom_kf import place
from adapters.wecom_kf.check import findings
from adapters.wecom_kf.errors import STATE_CODES, receipt_of
from adapters.wecom_kf.intake import Intake
from adapters.wecom_kf.names import Names
from adapters.wecom_kf.outgoing import PARTS, Content, content
from adapters.wecom_kf.picture import Picture
from adapters.wecom_kf.pull import Puller
from adapters.wecom_kf.service import WITH_PEOPLE, Service, State
from adapters.wecom_kf.settings import WeComKfSettings
from core.adapter import (
    Adapter,
    Capabilities,
    Channel,
    Finding,
    Media,
    Outcome,
    Receipt,
    Refused,
    Window,
)
from core.message import Outbound
from core.parts import AnyPart, Link

_log = structlog.stdlib.get_logger(__name__)
_NOTE = "accounts"
_SECOND_LOOK = 2.0  # seconds in which a change of hands under way brings its one-time code
_WINDOWS = {
    "message": Window(5, timedelta(hours=48)),  # page 94677
    "enter": Window(1, codes.WELCOME),  # the rest: page 95122
    "taken": Window(1, codes.TAKEN),
    "ended": Window(1, codes.ENDED),
}


class WeComKfAdapter(Adapter):
    """One self-built app with its kf accounts."""

    Settings = WeComKfSettings
    refusals = meanings("wecom_kf", "wecom_kf.refused_corp_id")
    settings: WeComKfSettings

    def __init__(self, settings: WeComKfSettings, channel: Channel) -> None:
        """Keep both; :meth:`start` opens the session."""
        super().__init__(settings, channel)
        parts = PARTS | {"link"} if settings.link_picture else PARTS
        self.capabilities = Capabilities(
            as_of="2026-11-21", parts=parts, max_text=2048, windows=_WINDOWS, caller_id=True
        )
        self._door = Door(settings, channel.clock)
        self._client = CorpClient(settings, channel)
        self._codes = Codes(channel, Seal(settings))
        self._dresser = Dresser(self._client, channel, settings)
        self._service = Service(self._client, channel, self._codes)
        self._intake = Intake(channel, self._service, self._codes, Names(self._client))
        picture = settings.link_picture
        self._picture = Picture(picture, self._client, channel.clock) if picture else None
        self.changing: set[asyncio.Task[None]] = set()  # changes of hands under way
        self._pullers: dict[str, Puller] = {}

    async def start(self) -> None:
        """Open the session and look what came to the accounts while nobody was here."""
        await self._client.open_shop()
        await self._service.load()
        if self.settings.handoff == "pool":
            self._change(self._service.catch_up())
        for account in self.settings.accounts or await self._known():
            self._puller(account)

    async def _known(self) -> list[str]:
        """The accounts that have ever called."""
        kept = await self.channel.recall(_NOTE)
        return msgspec.json.decode(kept, type=list[str]) if kept else []

    async def stop(self) -> None:
        """End the pulling and close the session."""
        pullers, self._pullers = self._pullers, {}
        for puller in pullers.values():
            await puller.stop()
        for change in (changing := tuple(self.changing)):
            change.cancel()
        await asyncio.gather(*changing, return_exceptions=True)
        await self._dresser.close()
        await self._client.close()

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """GET proves the address to the console; POST says that there is something to pull.

        The answer is an empty 200 at once: the platform waits five seconds and the pull may not
        need them.
        """
        if request.method == "GET":
            return web.Response(text=self._door.echo(request.query))
        if request.method != "POST":
            raise Refused("wrong-method", 405)
        fields = self._door.open(request.query, await read_body(request))
        if text(fields, "Event").lower() == "kf_msg_or_event":
            await self._ring(text(fields, "OpenKfId"), text(fields, "Token"))
        return web.Response()

    async def _ring(self, account: str, token: str) -> None:
        wanted = self.settings.accounts
        if not account or len(account) > 64 or (wanted and account not in wanted):
            raise Refused("other-account", 200)
        known = self._pullers.get(account)
        (known or self._puller(account)).ring(token)
        if known is None:
            async with self.channel.alone(_NOTE):
                kept = {*await self._known(), *self._pullers}
                await self.channel.remember(_NOTE, msgspec.json.encode(sorted(kept)).decode())

    def _puller(self, account: str) -> Puller:
        puller = Puller(account, self._client, self.channel, self._intake, self.settings)
        self._pullers[account] = puller
        puller.start()
        return puller

    async def own(self, conversation: str, owner: str) -> None:
        """Into WeCom's queue, or out of the servicers' hands; see the setting ``handoff``.

        Returns at once: the platform may take its time, the journal's other followers may not.
        """
        if self.settings.handoff == "pool":
            self._change(self._service.own(conversation, owner))

    def _change(self, hands: Coroutine[None, None, None]) -> None:
        change = asyncio.create_task(hands)
        self.changing.add(change)
        change.add_done_callback(self.changing.discard)

    async def send(self, message: Outbound) -> Receipt:
        """One message: by a one-time code where one is at hand, otherwise on the customer's act."""
        try:
            parts = await self._dresser.dress(message.parts)
            what = content(parts, await self._beside(message))
            if what is None:
                return Receipt(Outcome.FINAL, reason="nothing-to-show")
            msgid = own_id(message, self.channel.secret("message-ids"))
            by_code = await self._send_on_event(message, what, msgid)
            return by_code or await self._send(message, what, msgid)
        except ApiError as no:
            receipt = receipt_of(no, message.attempt)
            if no.code == GONE and await self._dresser.forget(message.parts):
                receipt = Receipt(Outcome.RETRY, reason=no.reason, retry_after=1.0)
            if no.code in STATE_CODES:
                receipt = await self._state_forbids(message, no)
        except TROUBLE as trouble:
            receipt = receipt_of(trouble, message.attempt)
        _log.info("wecom_kf.not_sent", channel=self.channel.name, reason=receipt.reason)
        return receipt

    async def _beside(self, message: Outbound) -> str:
        """The media id of the picture beside a link; empty where none is needed or to be had."""
        if self._picture is None or not any(isinstance(part, Link) for part in message.parts):
            return ""
        try:
            return await self._picture.media_id()
        except (*TROUBLE, OSError) as trouble:
            _log.warning("wecom_kf.no_picture", channel=self.channel.name, reason=str(trouble))
            return ""

    async def _send(self, message: Outbound, what: Content, msgid: str) -> Receipt:
        account, customer = place.split(message.conversation)
        to = {"touser": customer, "open_kfid": account}
        return await self._post("/cgi-bin/kf/send_msg", to, what, msgid)

    async def _send_on_event(self, message: Outbound, what: Content, msgid: str) -> Receipt | None:
        """``None`` without a code, or when the platform would not take it: nothing was sent."""
        code = await self._codes.take(message.conversation, what[0])
        if code is None:
            return None
        try:
            to = {"code": code.value}
            return await self._post("/cgi-bin/kf/send_msg_on_event", to, what, msgid)
        except ApiError as no:
            _log.info("wecom_kf.code_refused", channel=self.channel.name, reason=no.reason)
            return None
        except NotSentError:
            await self._codes.put(message.conversation, code)
            raise

    async def _post(self, path: str, to: dict[str, Any], what: Content, msgid: str) -> Receipt:
        kind, body = what
        answer = await self._client.call(path, {**to, "msgid": msgid, "msgtype": kind, kind: body})
        return Receipt.accepted(str(answer.get("msgid") or msgid))

    async def _state_forbids(self, message: Outbound, no: ApiError) -> Receipt:
        """The state says no: read it once. At most one second look follows, never a loop."""
        state = await self._service.state(message.conversation)
        reason = f"{no.code}:state-{int(state)}"
        if message.attempt == 1 and state in {*WITH_PEOPLE, State.ENDED, State.UNKNOWN}:
            return Receipt(Outcome.RETRY, reason=reason, retry_after=_SECOND_LOOK)
        # A person serves the customer: ours is not wanted any more. Otherwise it may be, later.
        return Receipt(Outcome.FINAL, reason=reason, closes_window=state not in WITH_PEOPLE)

    def media(self, part: AnyPart) -> AbstractAsyncContextManager[Media]:
        """The file behind a picture, voice, video or file of a customer; kept for three days."""
        return download(self._client, part)

    async def check(self) -> Sequence[Finding]:
        """Credentials, permissions, accounts and reachability."""
        async with self._client.opened():
            found = await findings(self.settings, self._client)
        return [*found, *clock_findings("wecom_kf", self._client.told, self.channel.clock.now())]
