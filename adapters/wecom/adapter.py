"""WeCom: what a self-built app can do, and the verbs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

import structlog
from aiohttp import web
from msgspec.structs import replace

from adapters._weixin.body import read_body
from adapters._weixin.codes import Codes
from adapters._weixin.corp_door import Door
from adapters._weixin.corp_token import CorpClient
from adapters._weixin.download import download
from adapters._weixin.dress import GONE, Dresser
from adapters._weixin.drift import clock_findings
from adapters._weixin.errors import TROUBLE, ApiError
from adapters._weixin.guard import Fields, text
from adapters._weixin.refusals import meanings
from adapters._weixin.seal import Seal
from adapters._weixin.verdicts import receipt_of
from adapters.wecom import place
from adapters.wecom.check import findings
from adapters.wecom.customers import Customers
from adapters.wecom.mass import Mass
from adapters.wecom.outgoing import PARTS
from adapters.wecom.progress import Progress
from adapters.wecom.settings import WeComSettings
from adapters.wecom.staff import Staff
from adapters.wecom.welcome import Welcome
from adapters.wecom.wire import read
from core.adapter import Adapter, Capabilities, Channel, Finding, Media, Outcome, Receipt, Refused
from core.message import Inbound, Outbound
from core.parts import AnyPart, event_of

_log = structlog.stdlib.get_logger(__name__)


class WeComAdapter(Adapter):
    """One self-built app. What a conversation's name means: :mod:`adapters.wecom.place`."""

    Settings = WeComSettings
    cli = "adapters.wecom.commands:app"
    refusals = meanings("wecom", "wecom.refused_corp_id")
    settings: WeComSettings
    capabilities = Capabilities(
        as_of="2026-11-21",
        parts=PARTS,
        max_text=2048,
        caller_id_in=(place.GROUP,),  # a task that was made already is found again
    )

    def __init__(self, settings: WeComSettings, channel: Channel) -> None:
        """Keep both; :meth:`start` opens the session."""
        super().__init__(settings, channel)
        self._door = Door(settings, channel.clock)
        self.client = CorpClient(settings, channel)
        self._customers = Customers(self.client)
        self._staff = Staff(settings, self.client, channel)
        self._mass = Mass(self.client, channel, self._customers)
        self._progress = Progress(self.client, channel)
        self._dresser = Dresser(self.client, channel, settings)
        self._welcome = Welcome(self.client, Codes(channel, Seal(settings)))
        self._cards: set[asyncio.Task[None]] = set()  # being put away

    async def start(self) -> None:
        """Open the session."""
        await self.client.open_shop()

    async def stop(self) -> None:
        """Close it; a card that is not put away yet stays open."""
        for card in (cards := tuple(self._cards)):
            card.cancel()
        await asyncio.gather(*cards, return_exceptions=True)
        await self._dresser.close()
        await self.client.close()

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """GET proves the address to the console; POST brings one message or event."""
        if request.method == "GET":
            return web.Response(text=self._door.echo(request.query))
        if request.method != "POST":
            raise Refused("wrong-method", 405)
        fields = self._door.open(request.query, await read_body(request))
        message = read(fields, self.channel.clock.now())
        await self._heed(fields, message)
        await self.channel.accept([await self._customers.named(message)])
        return web.Response()

    async def _heed(self, fields: Fields, message: Inbound) -> None:
        """What the adapter itself must know of an event."""
        if code := text(fields, "WelcomeCode"):
            await self._welcome.put(message.conversation, code, message.sent_at)
        if code := text(fields, "ResponseCode"):
            card = asyncio.create_task(self._put_away(code, message.sender.id))
            self._cards.add(card)
            card.add_done_callback(self._cards.discard)
        if message.conversation.startswith(place.GROUP):
            self._customers.forget(message.conversation.removeprefix(place.GROUP))

    async def _put_away(self, code: str, who: str) -> None:
        """The event counts whether or not the card can be changed."""
        try:
            await self._staff.put_away(code, self.channel.text("wecom.pressed", "", name=who))
        except TROUBLE as trouble:
            _log.info("wecom.card_stays", channel=self.channel.name, reason=str(trouble))

    async def send(self, message: Outbound) -> Receipt:
        """To members, as a task for the owner of a group, or as a customer's welcome."""
        try:
            dressed = replace(message, parts=await self._dresser.dress(message.parts))
            if (ask := event_of(message.parts)) is not None:
                receipt = await self._progress.answer(message, ask)
            elif message.conversation.startswith(place.GROUP):
                receipt = await self._mass.send(dressed)
            elif message.conversation.startswith(place.CONTACT):
                receipt = await self._welcome.send(dressed)
            else:
                receipt = await self._staff.send(dressed)
        except TROUBLE as trouble:
            receipt = receipt_of(trouble, message.attempt)
            gone = isinstance(trouble, ApiError) and trouble.code == GONE
            if gone and await self._dresser.forget(message.parts):
                receipt = Receipt(Outcome.RETRY, reason=receipt.reason, retry_after=1.0)
        if receipt.reason:
            _log.info("wecom.not_sent", channel=self.channel.name, reason=receipt.reason)
        return receipt

    def media(self, part: AnyPart) -> AbstractAsyncContextManager[Media]:
        """The file behind a picture, voice, video or file that a member sent; kept for 3 days."""
        return download(self.client, part)

    async def check(self) -> Sequence[Finding]:
        """Credentials, permissions and reachability."""
        async with self.client.opened():
            found = await findings(self.settings, self.client)
        return [*found, *clock_findings("wecom", self.client.told, self.channel.clock.now())]
