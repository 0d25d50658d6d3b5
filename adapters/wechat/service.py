"""WeChat's own customer service: who is with a person there, and who could take over.

While a servicer has a session, the customer's messages go to that person and not to us; a message
that reaches us later therefore means that the session is over, by a click or by 30 silent minutes
("Forward messages to customer service").
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
import structlog

from adapters._weixin.client import ApiClient
from adapters._weixin.errors import TROUBLE
from core.adapter import Channel
from core.message import Inbound

_log = structlog.stdlib.get_logger(__name__)
_UNDER_WAY = timedelta(seconds=5)  # a message may cross with the servicer's click


class Service:
    """The sessions of one account, kept in the channel's notes."""

    def __init__(self, client: ApiClient, channel: Channel) -> None:
        """Know nobody yet."""
        self._client, self._channel = client, channel

    async def heard(self, message: Inbound) -> Inbound:
        """The message, with whose the conversation is from now on."""
        note = _note(message.conversation)
        if message.owner:
            account = message.owner.removeprefix("agent:") if message.owner != "bot" else ""
            since = f"{account} {message.sent_at.timestamp():.0f}" if account else ""
            await self._channel.remember(note, since)
        elif message.trigger and (kept := await self._channel.recall(note)):
            taken = float(kept.rpartition(" ")[2])
            if message.sent_at.timestamp() > taken + _UNDER_WAY.total_seconds():
                await self._channel.remember(note, "")
                return msgspec.structs.replace(message, owner="bot")
        return message

    async def own(self, conversation: str, owner: str) -> None:
        """Ours again: end the session there. In the queue: tell if nobody serves."""
        try:
            if owner == "queue":
                await self._look_for_people(conversation)
            elif owner == "bot":
                await self._close(conversation)
        except TROUBLE as trouble:
            _log.info("wechat.session_untouched", channel=self._channel.name, reason=str(trouble))

    async def _look_for_people(self, conversation: str) -> None:
        answer = await self._client.call("/cgi-bin/customservice/getonlinekflist")
        if not answer.get("kf_online_list"):
            await self._channel.board("kf.nobody_serving", {"conversation": conversation})

    async def _close(self, conversation: str) -> None:
        note = _note(conversation)
        account = (await self._channel.recall(note)).rpartition(" ")[0]
        if not account:
            return
        await self._channel.remember(note, "")
        body = {"kf_account": account, "openid": conversation}
        await self._client.call("/customservice/kfsession/close", body)


def _note(conversation: str) -> str:
    return f"session:{conversation[:90]}"  # a note's name has 100 characters
