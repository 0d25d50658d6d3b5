"""The official account: what it can do, and the five verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog
from aiohttp import web

from adapters._weixin.body import read_body
from adapters._weixin.errors import TROUBLE
from adapters._weixin.guard import Fields, text
from adapters.wechat.check import findings
from adapters.wechat.client import client_of
from adapters.wechat.door import Door, Letter
from adapters.wechat.errors import receipt_of
from adapters.wechat.outgoing import payload
from adapters.wechat.reply import render
from adapters.wechat.settings import WeChatSettings
from adapters.wechat.wire import read
from core.adapter import (
    Adapter,
    Arrival,
    Capabilities,
    Channel,
    Finding,
    Outcome,
    PassiveReply,
    Receipt,
    Refused,
    Window,
)
from core.message import Outbound, Sender

_log = structlog.stdlib.get_logger(__name__)

# "Customer service messages", quota per interaction.
_MINUTE = Window(3, timedelta(minutes=1))
_WINDOWS = {
    "message": Window(5, timedelta(hours=48)),
    "click": _MINUTE,
    "follow": _MINUTE,
    "scan": _MINUTE,
}
# The platform hangs up after 5 s and delivers three times in all ("Passive user reply message").
_PASSIVE = PassiveReply(deadline=4.5, attempts=3, max_messages=1)


class WeChatAdapter(Adapter):
    """One official account, in plain, compatible or safe mode."""

    Settings = WeChatSettings
    settings: WeChatSettings

    def __init__(self, settings: WeChatSettings, channel: Channel) -> None:
        """Keep both; :meth:`start` opens the session."""
        super().__init__(settings, channel)
        self.capabilities = Capabilities(
            as_of="2026-11-21",
            parts=frozenset({"text", "image", "voice", "video", "link", "menu"}),
            max_text=2048,
            push=settings.pushes,
            passive=_PASSIVE,
            windows=_WINDOWS,
        )
        self.door = Door(settings, channel.clock)
        self._client = client_of(settings, channel.clock)

    async def start(self) -> None:
        """Open the session; the first token is asked for when it is needed."""
        await self._client.open()

    async def stop(self) -> None:
        """Close the session."""
        await self._client.close()

    async def receive(self, request: web.Request) -> Arrival | web.StreamResponse:
        """GET proves the address to the console, POST brings a message or an event."""
        if request.method == "GET":
            return web.Response(text=self.door.echo(request.query))
        if request.method != "POST":
            raise Refused("wrong-method", 405)
        letter = self.door.open(request.query, await read_body(request))
        if letter.fields is None:
            return web.Response()
        return self._arrival(letter, letter.fields)

    def _arrival(self, letter: Letter, fields: Fields) -> Arrival | web.StreamResponse:
        message = read(fields, self.channel.clock.now())
        if message is None:
            return web.Response()
        account = text(fields, "ToUserName")
        if self.settings.original_id and account != self.settings.original_id:
            raise Refused("other-account", 200)

        def answer(reply: Outbound) -> web.Response:
            created = int(self.channel.clock.now().timestamp())
            document = render(reply.parts, message.conversation, account, created)
            if document is None:
                return _acknowledge()
            return web.Response(text=letter.seal(document), content_type="text/xml")

        return Arrival([message], acknowledge=_acknowledge, answer=answer)

    async def send(self, message: Outbound) -> Receipt:
        """One customer-service message; one attempt, and a second one only for a dead token."""
        if not self.settings.pushes:
            return Receipt(Outcome.FINAL, reason="no-push")
        body = payload(message.recipient or message.conversation, message.parts)
        if body is None:
            return Receipt(Outcome.FINAL, reason="nothing-to-show")
        try:
            await self._client.call("/cgi-bin/message/custom/send", body)
        except TROUBLE as trouble:
            receipt = receipt_of(trouble)
            _log.info("wechat.not_sent", channel=self.channel.name, reason=receipt.reason)
            return receipt
        return Receipt.accepted()

    async def typing(self, conversation: str, recipient: Sender | None = None) -> None:
        """Show the mark for up to 15 s; the platform refuses it freely, and that is no fault."""
        if not self.settings.pushes:
            return
        body = {"touser": conversation, "command": "Typing"}
        try:
            await self._client.call("/cgi-bin/message/custom/typing", body)
        except TROUBLE as trouble:
            _log.debug("wechat.no_typing_mark", channel=self.channel.name, reason=str(trouble))

    async def check(self) -> Sequence[Finding]:
        """Credentials, address list and reachability."""
        async with self._client.opened():
            return await findings(self.settings, self._client)


def _acknowledge() -> web.Response:
    """The word that means "handled, do not repeat"; plain in every mode."""
    return web.Response(text="success")
