"""Messages of the app to members: who gets them, who did not, and not more than they may get."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

from adapters._weixin.client import ApiClient
from adapters._weixin.own_id import own_id
from adapters.wecom import place
from adapters.wecom.outgoing import content
from adapters.wecom.settings import WeComSettings
from core.adapter import Channel, Outcome, Receipt
from core.clock import Clock
from core.message import Outbound

_MOST, _SPAN = 30, 60.0  # to one member in a minute; what is over is dropped silently (90454)
_LOST = ("invaliduser", "invalidparty", "invalidtag", "unlicenseduser")


class Throttle:
    """Counts what went to whom in the last minute."""

    def __init__(self, clock: Clock) -> None:
        """Nothing yet."""
        self._clock = clock
        self._sent: defaultdict[str, deque[float]] = defaultdict(deque)

    def wait(self, recipient: str) -> float:
        """Seconds until one more may go there; 0 takes the place."""
        now, sent = self._clock.monotonic(), self._sent[recipient]
        while sent and sent[0] <= now - _SPAN:
            sent.popleft()
        if len(sent) >= _MOST:
            return sent[0] + _SPAN - now
        sent.append(now)
        return 0.0


class Staff:
    """Sends to members, and puts away cards that somebody has answered."""

    def __init__(self, settings: WeComSettings, client: ApiClient, channel: Channel) -> None:
        """Of one app."""
        self._settings, self._client, self._channel = settings, client, channel
        self._throttle = Throttle(channel.clock)
        self._salt = ""

    async def send(self, message: Outbound) -> Receipt:
        """One message; raises what a call raises."""
        what = content(message.parts, self._card_id(message), self._settings.format)
        if what is None:
            return Receipt(Outcome.FINAL, reason="nothing-to-show")
        if wait := self._throttle.wait(message.conversation):
            return Receipt(Outcome.RETRY, reason="member-rate", retry_after=wait)
        kind, body = what
        to = place.recipients(message.conversation)
        told = {**to, "msgtype": kind, "agentid": self._settings.agent_id, kind: body}
        answer = await self._client.call("/cgi-bin/message/send", told)
        await self._missed(message, answer)
        return Receipt.accepted(str(answer.get("msgid", "")))

    async def _missed(self, message: Outbound, answer: Mapping[str, Any]) -> None:
        """Success may be partial: the others got it, these people did not."""
        lost = {name: str(answer[name]) for name in _LOST if answer.get(name)}
        if lost:
            await self._channel.board("wecom.not_reached", {"message": message.id, **lost})

    async def put_away(self, response_code: str, label: str) -> None:
        """Grey out the buttons of a card for everybody who has it; raises what a call raises.

        The code is good for one update, for a day (``update_template_card``).
        """
        body = {"atall": 1, "agentid": self._settings.agent_id, "response_code": response_code}
        told = {**body, "button": {"replace_name": label}}
        await self._client.call("/cgi-bin/message/update_template_card", told)

    def _card_id(self, message: Outbound) -> str:
        self._salt = self._salt or self._channel.secret("message-ids")
        return own_id(message, self._salt)
