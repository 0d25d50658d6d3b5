"""Service states: whose a customer is on the platform's side (page 94698).

The platform lets the bot write in state 0 and 1 only. From there a customer may be put into the
pool (2), where a servicer takes them over (3); from 2 and 3 the API knows only the way to the end
(4), and the customer's next message begins anew at 0.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from enum import IntEnum
from typing import Any

import msgspec
import structlog

from adapters._weixin import codes
from adapters._weixin.client import ApiClient
from adapters._weixin.codes import Codes
from adapters._weixin.errors import TROUBLE, ApiError
from adapters.wecom_kf import place
from adapters.wecom_kf.errors import STATE_CODES
from core.adapter import Channel

_log = structlog.stdlib.get_logger(__name__)
_NOTE = "served"
_SERVING = 0  # of servicer/list; in events 1 means the same


class State(IntEnum):
    """``service_state``; ``UNKNOWN`` when the platform would not say."""

    UNKNOWN = -1
    NEW = 0
    BOT = 1
    POOL = 2
    PERSON = 3
    ENDED = 4


WITH_PEOPLE = frozenset({State.POOL, State.PERSON})


class Service:
    """Reads and changes service states, and remembers who is with a person over there."""

    def __init__(self, client: ApiClient, channel: Channel, codes: Codes) -> None:
        """Call :meth:`load` before anything else."""
        self._client, self._channel, self._codes = client, channel, codes
        self._one = asyncio.Lock()
        self.served: dict[str, str] = {}  # conversation -> owner, for those not with the bot

    async def load(self) -> None:
        """Take up what a former life, or another process, knew."""
        kept = await self._channel.recall(_NOTE)
        self.served = msgspec.json.decode(kept, type=dict[str, str]) if kept else {}

    async def save(self) -> None:
        """Make it durable."""
        await self._channel.remember(_NOTE, msgspec.json.encode(self.served).decode())

    @asynccontextmanager
    async def noting(self) -> AsyncGenerator[None]:
        """Inside, :meth:`note` changes what all processes know; durable at the end."""
        async with self._channel.alone(_NOTE):
            await self.load()
            known = dict(self.served)
            yield
            if self.served != known:
                await self.save()

    async def catch_up(self) -> None:
        """Changes of hands that were committed here and not told before the process ended."""
        owners = await self._channel.owners()
        untold = [name for name, owner in owners.items() if owner == "queue"]
        left = [name for name in self.served if name not in owners]
        for name in untold:
            if name not in self.served:
                await self.own(name, "queue")
        for name in left:
            await self.own(name, "bot")

    def note(self, conversation: str, owner: str) -> None:
        """The platform has said whose the conversation is."""
        if owner == "bot":
            self.served.pop(conversation, None)
        else:
            self.served[conversation] = owner

    async def state(self, conversation: str) -> State:
        """Ask the platform."""
        try:
            answer = await self._client.call("/cgi-bin/kf/service_state/get", _who(conversation))
            return State(answer["service_state"])
        except (*TROUBLE, KeyError, ValueError) as trouble:
            _log.info("wecom_kf.no_state", channel=self._channel.name, reason=str(trouble))
            return State.UNKNOWN

    async def own(self, conversation: str, owner: str) -> None:
        """Follow a change of hands on our side: into the pool, or out of the servicers' hands."""
        async with self._one:  # in the order in which they happened
            try:
                if owner == "queue":
                    await self._to_pool(conversation)
                elif owner == "bot":
                    await self._back(conversation)
            except TROUBLE as trouble:
                await self._tell("kf.handoff_failed", conversation, reason=str(trouble))

    async def _to_pool(self, conversation: str) -> None:
        if not await self._somebody(conversation):
            await self._tell("kf.nobody_serving", conversation)
            return
        code = await self._transfer(conversation, State.POOL)
        if code is not None:
            await self._codes.put(conversation, codes.words(code, self._channel.clock.now()))
            async with self.noting():
                self.note(conversation, "queue")

    async def _back(self, conversation: str) -> None:
        if await self.state(conversation) in WITH_PEOPLE:
            code = await self._transfer(conversation, State.ENDED)
            if code is None:
                return
            now = self._channel.clock.now()
            await self._codes.put(conversation, codes.spoken(code, now, codes.ENDED))
        async with self.noting():
            self.note(conversation, "bot")

    async def _somebody(self, conversation: str) -> bool:
        """Whether any servicer of the account takes customers now."""
        account, _ = place.split(conversation)
        answer = await self._client.call(f"/cgi-bin/kf/servicer/list?open_kfid={account}")
        people = answer.get("servicer_list") or ()
        return any(person.get("status") == _SERVING for person in people)

    async def _transfer(self, conversation: str, target: State) -> str | None:
        """The one-time code of the change, or ``None`` when it was refused.

        A refused change is never tried again: the state is read once more, and if it is not the
        wished one already, people are told.
        """
        body = _who(conversation) | {"service_state": int(target)}
        try:
            answer = await self._client.call("/cgi-bin/kf/service_state/trans", body)
        except ApiError as no:
            if no.code not in STATE_CODES:
                raise
            state = await self.state(conversation)
            if state is target:
                return ""
            await self._tell("kf.handoff_failed", conversation, reason=no.reason, state=int(state))
            return None
        return str(answer.get("msg_code", ""))

    async def _tell(self, kind: str, conversation: str, **facts: Any) -> None:  # noqa: ANN401
        _log.warning(kind, channel=self._channel.name, conversation=conversation, **facts)
        await self._channel.board(kind, {"conversation": conversation, **facts})


def _who(conversation: str) -> dict[str, Any]:
    account, customer = place.split(conversation)
    return {"open_kfid": account, "external_userid": customer}
