"""Personal WeChat through iLink: what it can do, and the verbs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import structlog

from adapters.ilink.client import (
    STALE,
    TOO_MUCH,
    TROUBLE,
    Client,
    NotSentError,
    SaidNoError,
    Trouble,
    UnsureError,
)
from adapters.ilink.contexts import Contexts
from adapters.ilink.files import download, item_of
from adapters.ilink.line import Line
from adapters.ilink.settings import ILinkSettings
from adapters.ilink.vault import Vault
from core.adapter import Adapter, Capabilities, Channel, Finding, Media, Outcome, Receipt, Window
from core.message import Outbound, Sender
from core.parts import AnyPart, File, Image, Video, as_text
from core.web.fetch import Fetcher, FetchError

_log = structlog.stdlib.get_logger(__name__)
_BOT, _FINISHED, _TEXT = 2, 2, 1
_ONCE_MORE = 4.0  # seconds
_VOID = 600.0
# Nothing of this is written down: maintainers and users of the reference client saw it. Ten
# answers a message pass, so five surely do; text is cut at 4,000 characters, so 4,000 bytes fit.
_WINDOW = Window(5, timedelta(hours=24))


class ILinkAdapter(Adapter):
    """One bot. Private chats only, and the other side must have written first."""

    Settings = ILinkSettings
    settings: ILinkSettings
    patience = 12.0  # seconds for a file before its message; a send has twenty in all
    capabilities = Capabilities(
        as_of="2026-11-21",
        parts=frozenset({"text", "image", "video", "file"}),
        max_text=4000,
        windows={"message": _WINDOW},
    )

    def __init__(self, settings: ILinkSettings, channel: Channel) -> None:
        """Keep both; :meth:`start` opens the session."""
        super().__init__(settings, channel)
        self._client = Client(settings.api_base, settings.bot_token)
        self._contexts = Contexts(settings.bot_token, channel)
        self._vault, self._fetcher = Vault(settings.store), Fetcher(settings.media_hosts)
        self._line = Line(self._client, channel, self._contexts, settings.ignore_older)

    async def start(self) -> None:
        """Open the session and poll."""
        await self._client.open()
        self._line.start()

    async def stop(self) -> None:
        """Close both."""
        await self._line.stop()
        await self._client.close()

    async def send(self, message: Outbound) -> Receipt:
        """One item, in the context of what the person wrote last."""
        who = message.conversation
        context = await self._contexts.get(who)
        if not context:
            return Receipt(Outcome.FINAL, reason="no-context", closes_window=True)
        body = {"to_user_id": who, "context_token": context, "client_id": f"xiaoer-{message.key}"}
        kind = {"from_user_id": "", "message_type": _BOT, "message_state": _FINISHED}
        try:
            item = await self._item(message)
        except (*TROUBLE, FetchError, TimeoutError) as trouble:  # the message was surely not sent
            return Receipt(Outcome.RETRY, reason=f"file-{trouble}" if str(trouble) else "file-slow")
        try:
            told = {"msg": {**kind, **body, "item_list": [item]}}
            answer = await self._client.post("ilink/bot/sendmessage", told)
            return Receipt.accepted(str(answer.get("message_id", "")))
        except TROUBLE as trouble:
            receipt = _receipt_of(trouble, message.attempt)
        except TimeoutError:
            receipt = Receipt(Outcome.UNKNOWN, reason="timeout")
        _log.info("ilink.not_sent", channel=self.channel.name, reason=receipt.reason)
        return receipt

    async def _item(self, message: Outbound) -> dict[str, Any]:
        """The message as an item; a file that cannot be had becomes its address."""
        part = message.parts[0] if len(message.parts) == 1 else None
        if isinstance(part, Image | Video | File) and part.url:
            try:
                async with asyncio.timeout(self.patience):
                    whose = message.conversation
                    return await item_of(part, whose, self._client, self._vault, self._fetcher)
            except FetchError as why:
                if why.passing:
                    raise
                _log.warning("ilink.no_file", channel=self.channel.name, reason=why.reason)
        words = "\n".join(filter(None, map(as_text, message.parts)))
        return {"type": _TEXT, "text_item": {"text": words}}

    def media(self, part: AnyPart) -> AbstractAsyncContextManager[Media]:
        """The picture, voice, video or file that somebody sent."""
        return download(part, self._vault)

    async def typing(self, conversation: str, recipient: Sender | None = None) -> None:
        """Show that an answer is being written; it is nothing to fail for."""
        context = await self._contexts.get(conversation)
        whose: dict[str, Any] = {"ilink_user_id": conversation}
        try:
            asked = {**whose, "context_token": context}
            ticket = (await self._client.post("ilink/bot/getconfig", asked)).get("typing_ticket")
            shown = {**whose, "typing_ticket": ticket, "status": 1}
            await self._client.post("ilink/bot/sendtyping", shown)
        except (*TROUBLE, TimeoutError) as trouble:
            _log.debug("ilink.no_typing", channel=self.channel.name, reason=str(trouble))

    async def check(self) -> Sequence[Finding]:
        """Nothing can be asked without taking messages away: only what was said last."""
        host = self.settings.api_base.host or ""
        return (Finding(ok=True, key="ilink.personal", values={"host": host}),)


def _receipt_of(trouble: Trouble, attempt: int) -> Receipt:
    """-2 is too often, too long and too late alike: once more, then wait for the person."""
    match trouble:
        case NotSentError():
            return Receipt(Outcome.RETRY, reason=str(trouble))
        case UnsureError():
            return Receipt(Outcome.UNKNOWN, reason=str(trouble))
        case SaidNoError(code=code) if code == STALE:
            return Receipt(Outcome.RETRY, reason="login-needed", retry_after=_VOID)
        case SaidNoError(code=code) if code == TOO_MUCH and attempt == 1:
            return Receipt(Outcome.RETRY, reason=str(code), retry_after=_ONCE_MORE)
        case SaidNoError(code=code):
            return Receipt(Outcome.FINAL, reason=str(code), closes_window=code == TOO_MUCH)
