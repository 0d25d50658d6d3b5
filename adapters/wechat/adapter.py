"""The official account: what it can do, and the five verbs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta

import structlog
from aiohttp import web

from adapters._weixin.body import read_body
from adapters._weixin.drift import clock_findings
from adapters._weixin.errors import TROUBLE, ApiError, UnsureError
from adapters._weixin.guard import Fields, text
from adapters._weixin.refusals import meanings
from adapters._weixin.shelf import Shelf
from adapters.wechat import once
from adapters.wechat.check import findings
from adapters.wechat.client import client_of
from adapters.wechat.door import Door, Letter
from adapters.wechat.errors import receipt_of
from adapters.wechat.files import fetched
from adapters.wechat.mass import MASS, Mass
from adapters.wechat.media import GONE, LIMITS, Wardrobe
from adapters.wechat.notices import Notices
from adapters.wechat.outgoing import payload
from adapters.wechat.reply import render, transfer
from adapters.wechat.service import Service
from adapters.wechat.settings import WeChatSettings
from adapters.wechat.wire import read
from core.adapter import (
    Adapter,
    Arrival,
    Capabilities,
    Channel,
    Finding,
    Media,
    Outcome,
    PassiveReply,
    Receipt,
    Refused,
    Window,
)
from core.message import Outbound, Sender
from core.parts import AnyPart
from core.web.fetch import Fetcher, FetchError

_log = structlog.stdlib.get_logger(__name__)

# "Customer service messages", quota per interaction.
_MINUTE = Window(3, timedelta(minutes=1))
_WINDOWS = {
    "message": Window(5, timedelta(hours=48)),
    "click": _MINUTE,
    "follow": _MINUTE,
    "scan": _MINUTE,
    "leave": Window(0, timedelta(minutes=1)),  # nothing at all, and what was open is closed
    "enter": Window(2, timedelta(minutes=1)),  # a mini-program's conversation was opened
}
# The platform hangs up after 5 s and delivers three times in all ("Passive user reply message").
# A menu there becomes a numbered list; what needs an upload first goes by the API.
_IN_A_REPLY = frozenset({"text", "link", "menu"})
_PASSIVE = PassiveReply(deadline=4.5, attempts=3, max_messages=1, parts=_IN_A_REPLY)
_PARTS = frozenset({"text", "image", "voice", "video", "link", "menu", "card"})


class WeChatAdapter(Adapter):
    """One official account, in plain, compatible or safe mode."""

    Settings = WeChatSettings
    cli = "adapters.wechat.commands:app"
    refusals = meanings("wechat", "wechat.refused_app_id")
    settings: WeChatSettings
    patience = 8.0  # seconds for uploads before a message; a call has ten, and a send twenty in all

    def __init__(self, settings: WeChatSettings, channel: Channel) -> None:
        """Keep both; :meth:`start` opens the session."""
        super().__init__(settings, channel)
        self.capabilities = Capabilities(
            as_of="2026-11-21",
            parts=_PARTS | {"notice"} if settings.notices else _PARTS,
            max_text=2048,
            push=settings.pushes,
            passive=_PASSIVE,
            windows=_WINDOWS,
            notices=frozenset(settings.notices),
            beyond_windows=(MASS,),
            caller_id_in=(MASS,),
        )
        self.door = Door(settings, channel.clock)
        self.client = client_of(settings, channel.clock)
        self._fetcher = Fetcher(settings.media_hosts)
        shelf = Shelf(self.client, channel, self._fetcher, LIMITS)
        self.wardrobe = Wardrobe(shelf, settings.cover)
        self.mass = Mass(self.client, channel)
        self._service = Service(self.client, channel)
        self._notices = Notices(settings.notices, self.client, channel)

    async def start(self) -> None:
        """Open the session; the first token is asked for when it is needed."""
        await self.client.open()

    async def stop(self) -> None:
        """Close the session."""
        await self.wardrobe.close()
        await self.client.close()

    async def receive(self, request: web.Request) -> Arrival | web.StreamResponse:
        """GET proves the address to the console, POST brings a message or an event."""
        if request.method == "GET":
            return web.Response(text=self.door.echo(request.query))
        if request.method != "POST":
            raise Refused("wrong-method", 405)
        letter = self.door.open(request.query, await read_body(request))
        if letter.fields is None:
            return web.Response()
        return await self._arrival(letter, letter.fields)

    async def serve(self, request: web.Request) -> web.Response:
        """The page that a one-time subscription leads back to; it remembers nothing."""
        if not request.path.endswith(f"/{once.BACK}"):
            raise Refused("no-page", 404)
        found = once.answer(request.query, self.settings.notices, self.channel.secret("once"))
        if found is None:
            raise Refused("not-our-link", 404)
        words = self.channel.text("wechat.once_yes" if found[1] else "wechat.once_no", "")
        return web.Response(text=once.page(words), content_type="text/html")

    async def _arrival(self, letter: Letter, fields: Fields) -> Arrival | web.StreamResponse:
        message = read(fields, self.channel.clock.now())
        if message is None:
            return web.Response()
        account = text(fields, "ToUserName")
        if self.settings.original_id and account != self.settings.original_id:
            raise Refused("other-account", 200)
        event, people = message.event, self.settings.handoff == "wechat"
        if people:
            message = await self._service.heard(message)
        if event is not None:
            await self._notices.heard(message.conversation, event)
            await self.mass.heard(event)

        def sealed(document: str | None) -> web.Response:
            if document is None:
                return _acknowledge()
            return web.Response(text=letter.seal(document), content_type="text/xml")

        def answer(reply: Outbound) -> web.Response:
            return sealed(render(reply.parts, message.conversation, account, self._second()))

        def hand_over() -> web.Response:
            return sealed(transfer(message.conversation, account, self._second()))

        said = people and (event is None or event.name == "choice")  # events are not handed over
        gone = message.trigger == "leave"  # nobody is there to read an answer
        transfers = hand_over if said else None
        return Arrival([message], _acknowledge, None if gone else answer, transfers)

    def _second(self) -> int:
        return int(self.channel.clock.now().timestamp())

    async def send(self, message: Outbound) -> Receipt:
        """One customer-service message; one attempt, and a second one only for a dead token."""
        if not self.settings.pushes:
            return Receipt(Outcome.FINAL, reason="no-push")
        receipt = await self._notices.send(message) or await self._send(message)
        if receipt.closes_window and (instead := await self._notices.send(message, shut=True)):
            receipt = replace(instead, closes_window=True)  # our count was wrong
        if receipt.outcome is not Outcome.ACCEPTED:
            _log.info("wechat.not_sent", channel=self.channel.name, reason=receipt.reason)
        return receipt

    async def _send(self, message: Outbound, *, again: bool = False) -> Receipt:
        try:
            async with asyncio.timeout(self.patience):
                parts, sources = await self.wardrobe.dress(message.parts)
        except TimeoutError:  # the upload goes on
            return Receipt(Outcome.RETRY, reason="media-slow", retry_after=self.patience)
        except FetchError as why:
            outcome = Outcome.RETRY if why.passing else Outcome.FINAL
            return Receipt(outcome, reason=f"media-{why.reason}")
        except UnsureError as unsure:  # the upload is unsure, the message was certainly not sent
            return Receipt(Outcome.RETRY, reason=f"upload-{unsure}")
        except TROUBLE as trouble:
            return receipt_of(trouble)
        try:
            return await self._deliver(message, parts)
        except TROUBLE as trouble:
            if sources and not again and isinstance(trouble, ApiError) and trouble.code == GONE:
                await self.wardrobe.forget(sources)
                return await self._send(message, again=True)
            return receipt_of(trouble)

    async def _deliver(self, message: Outbound, parts: Sequence[AnyPart]) -> Receipt:
        """To one person or to many; raises what a call raises."""
        if message.conversation.startswith(MASS):
            return await self.mass.send(message, parts)
        body = payload(message.recipient or message.conversation, parts)
        if body is None:
            return Receipt(Outcome.FINAL, reason="nothing-to-show")
        await self.client.call("/cgi-bin/message/custom/send", body)
        return Receipt.accepted()

    def media(self, part: AnyPart) -> AbstractAsyncContextManager[Media]:
        """A customer's picture, voice or video; the platform keeps it for three days."""
        return fetched(part, self.client if self.settings.pushes else None, self._fetcher)

    async def typing(self, conversation: str, recipient: Sender | None = None) -> None:
        """Show the mark for up to 15 s; the platform refuses it freely, and that is no fault."""
        if not self.settings.pushes:
            return
        body = {"touser": conversation, "command": "Typing"}
        try:
            await self.client.call("/cgi-bin/message/custom/typing", body)
        except TROUBLE as trouble:
            _log.debug("wechat.no_typing_mark", channel=self.channel.name, reason=str(trouble))

    async def own(self, conversation: str, owner: str) -> None:
        """The customer waits for one of WeChat's servicers, or is ours again."""
        if self.settings.handoff == "wechat":
            await self._service.own(conversation, owner)

    async def check(self) -> Sequence[Finding]:
        """Credentials, address list and reachability."""
        async with self.client.opened():
            found = await findings(self.settings, self.client)
        return [*found, *clock_findings("wechat", self.client.told, self.channel.clock.now())]


def _acknowledge() -> web.Response:
    """The word that means "handled, do not repeat"; plain in every mode."""
    return web.Response(text="success")
