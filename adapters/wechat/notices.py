"""Notices on their way: sent where the window is shut, and marked when their result arrives."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from adapters._weixin.client import ApiClient
from adapters._weixin.errors import TROUBLE, ApiError, Trouble, UnsureError
from adapters.wechat.errors import receipt_of
from adapters.wechat.notice import NO_CONSENT, MissingValueError, NoticeForm, request_of
from core.adapter import Channel, Outcome, Receipt
from core.message import Outbound
from core.parts import Event, Notice

_RESULT = "templatesendjobfinish"
_KEPT = 20  # notices of one customer whose result may still come


class Notices:
    """The approved forms of one account."""

    def __init__(
        self, forms: Mapping[str, NoticeForm], client: ApiClient, channel: Channel
    ) -> None:
        """``forms`` by purpose."""
        self._forms, self._client, self._channel = forms, client, channel

    async def send(self, message: Outbound, *, shut: bool = False) -> Receipt | None:
        """The receipt, or ``None`` for what is no notice or may still be said as a text.

        ``shut``: the platform has just said that the window is, whatever the notice knows.
        """
        part = message.parts[0] if len(message.parts) == 1 else None
        if not isinstance(part, Notice) or not (shut or part.shut):
            return None
        form = self._forms.get(part.purpose)
        if form is None:
            return None if shut else Receipt(Outcome.FINAL, reason="no-form")
        try:
            openid = message.recipient or message.conversation
            path, body = request_of(part, form, openid, message.key)
            answer = await self._client.call(path, body)
        except MissingValueError as missing:
            return Receipt(Outcome.FINAL, reason=f"notice-lacks:{missing}")
        except TROUBLE as trouble:
            return _failed(trouble, form)
        number = str(answer.get("msgid") or "")
        if number:
            await self._remember(message, number)
        return Receipt.accepted(number)

    async def heard(self, conversation: str, event: Event) -> None:
        """Mark the row that the platform reports on; what we do not know is left alone."""
        if event.name != _RESULT:
            return
        row = (await self._sent(conversation)).get(event.key)
        if row is None:
            return
        result = event.data.get("result")
        if result == "delivered":
            await self._channel.mark(row, "delivered")
        else:
            await self._channel.mark(row, "failed", f"notice-{result}")

    async def _remember(self, message: Outbound, number: str) -> None:
        sent = await self._sent(message.conversation) | {number: message.id}
        newest = dict(list(sent.items())[-_KEPT:])
        value = msgspec.json.encode(newest).decode()
        await self._channel.remember(_note(message.conversation), value)

    async def _sent(self, conversation: str) -> dict[str, int]:
        kept = await self._channel.recall(_note(conversation))
        return msgspec.json.decode(kept, type=dict[str, int]) if kept else {}


def _note(conversation: str) -> str:
    return f"notices:{conversation[:90]}"  # a note's name has 100 characters


def _failed(trouble: Trouble, form: NoticeForm) -> Receipt:
    if isinstance(trouble, UnsureError) and form.kind == "template":
        # The platform knows the message by our id: it is shown once however often it is sent.
        return Receipt(Outcome.RETRY, reason=str(trouble))
    if isinstance(trouble, ApiError) and trouble.code == NO_CONSENT:
        return Receipt(Outcome.FINAL, reason=trouble.reason, closes_window=True)
    return receipt_of(trouble)
