"""From a page of ``sync_msg`` to the ledger: in order, and with what else follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from adapters._weixin.codes import Codes
from adapters._weixin.own_id import row_of
from adapters.wecom_kf.events import FAILURES, happened
from adapters.wecom_kf.item import Item, Origin
from adapters.wecom_kf.names import Names
from adapters.wecom_kf.service import Service, State
from adapters.wecom_kf.wire import said
from core.adapter import Channel
from core.message import Inbound

_NOTICES = frozenset({"msg_send_fail", "servicer_status_change"})


class Intake:
    """Takes one page at a time; what it does may be done again after a crash."""

    def __init__(self, channel: Channel, service: Service, codes: Codes, names: Names) -> None:
        """Of one channel."""
        self._channel, self._service = channel, service
        self._codes, self._names = codes, names

    async def take(self, page: Sequence[Item | None], since: datetime | None) -> None:
        """Return when the page is durable. Messages older than ``since`` are left alone."""
        async with self._service.noting():
            await self._take(page, since)

    async def _take(self, page: Sequence[Item | None], since: datetime | None) -> None:
        messages: list[Inbound] = []
        notices: list[Item] = []
        for item in page:
            if item is None:
                self._channel.refuse("bad-item")
            elif since is not None and item.at < since:
                continue
            elif item.msgtype == "event" and item.word("event_type") in _NOTICES:
                notices.append(item)
            elif item.conversation:
                messages.append(await self._read(item))
            else:
                self._channel.refuse("no-customer")
        await self._names.learn(
            item.customer for item in page if item is not None and item.customer
        )
        messages = [self._names.named(message) for message in messages]
        # Of whom the page itself tells later the platform need not be asked now.
        settled = {message.conversation for message in messages if message.owner}
        await self._channel.accept([await self._owned(m, settled) for m in messages])
        for notice in notices:
            await self._heed(notice)

    async def _read(self, item: Item) -> Inbound:
        if item.msgtype != "event" or item.origin == Origin.SERVICER:
            return said(item)
        message, code = happened(item)
        # Without a living code nothing may be sent on this event.
        living = code is not None and await self._codes.put(message.conversation, code)
        return message if living else msgspec.structs.replace(message, trigger="")

    async def _owned(self, message: Inbound, settled: set[str]) -> Inbound:
        """With whose the conversation is, as far as the platform has said or must be asked.

        A session that nobody ended (48 h without the customer) ends without an event, and the
        customer's next message begins a new one with the bot.
        """
        place = message.conversation
        if message.owner:
            self._service.note(place, message.owner)
        elif (
            message.trigger == "message" and place in self._service.served and place not in settled
        ):
            settled.add(place)
            if await self._service.state(place) is State.NEW:
                self._service.note(place, "bot")
                return msgspec.structs.replace(message, owner="bot")
        return message

    async def _heed(self, item: Item) -> None:
        if item.word("event_type") == "servicer_status_change":
            facts = {"servicer": item.word("servicer_userid"), "account": item.open_kfid}
            status = "serving" if item.number("status") == 1 else "stopped"
            await self._channel.board("kf.servicer_status", {**facts, "status": status})
            return
        number = row_of(item.word("fail_msgid"))
        kind = item.number("fail_type")
        reason = f"send-fail:{FAILURES.get(kind, f'{kind:g}')}"
        if number is not None:
            await self._channel.mark(number, "failed", reason)
