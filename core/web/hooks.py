"""Webhooks: verify, parse, make durable, then acknowledge; or answer in the request itself."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import web

from core.adapter import Arrival, Refused
from core.channels import Line, Lines
from core.clock import Clock, wait_for
from core.delivery.passive import PASSIVE, PassiveDesk, Slot, fitting, join
from core.message import ConversationKind, Inbound, Outbound
from core.store.intake import Accepted
from core.store.models import Message
from core.store.states import Inbox, Outbox
from core.store.writer import Writer

log = structlog.get_logger(__name__)
HANG_UP = 1.5  # seconds after the deadline by which the platform has hung up and will come again


class Hooks:
    """``/hooks/<channel>`` for every channel."""

    def __init__(self, *, lines: Lines, desk: PassiveDesk, writer: Writer, clock: Clock) -> None:
        """Serve the channels in ``lines``."""
        self._lines, self._desk, self._writer, self._clock = lines, desk, writer, clock

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request of a platform."""
        line = self._lines.get(request.match_info["channel"])
        if line is None or not line.started:
            raise web.HTTPNotFound
        try:
            arrival = await line.adapter.receive(request)
        except Refused as refused:
            line.refuse(refused.reason)
            return web.Response(status=refused.status)
        if isinstance(arrival, web.StreamResponse):
            return arrival
        if line.capabilities.passive and arrival.answer and self._wants_answer(arrival):
            return await self._answer(request, line, arrival)
        await line.take(arrival.messages)
        return arrival.acknowledge()

    @staticmethod
    def _wants_answer(arrival: Arrival) -> bool:
        """Only one direct message that opens a window is worth holding a request for."""
        messages = arrival.messages
        return (
            len(messages) == 1
            and messages[0].kind == ConversationKind.DIRECT
            and bool(messages[0].trigger)
        )

    async def _answer(
        self, request: web.Request, line: Line, arrival: Arrival
    ) -> web.StreamResponse:
        message = arrival.messages[0]
        slot = self._desk.open(line.name, message.key, line.capabilities)
        row = (await line.take(arrival.messages))[0]
        if not row.new and (again := await self._given_before(row, slot)):
            return await self._deliver(request, arrival, again)
        if not line.capabilities.push and slot.requests == 1:
            slot.held = fitting(await _held(row), line.capabilities.max_text)
        rows = await self._wait(line, slot)
        if rows is None:
            return arrival.acknowledge()
        return await self._deliver(request, arrival, [*slot.held, *rows])

    async def _given_before(self, row: Accepted, slot: Slot) -> list[Message]:
        """What this message was answered with in an earlier delivery of it."""
        if not slot.outcome.done():
            stored = await Message.get(id=row.id)
            if stored.state == Inbox.ACCEPTED:
                return []
        elif slot.open and slot.claimed:
            return [*slot.held, *slot.claimed]
        given = await Message.filter(reply_to=row.id, platform_id=PASSIVE).order_by("id")
        if not given:
            slot.open = False
        return given

    async def _wait(self, line: Line, slot: Slot) -> list[Message] | None:
        """The claimed rows, or ``None`` when the answer must go (or wait for) another way."""
        if not slot.open:
            return None
        passive = slot.passive
        more_to_come = not line.capabilities.push and slot.requests < passive.attempts
        try:
            return await wait_for(self._clock, asyncio.shield(slot.outcome), passive.deadline)
        except TimeoutError:
            if more_to_come:  # unanswered, the platform hangs up and delivers the message again
                await self._clock.sleep(HANG_UP)
                return None
        slot.close()
        return [] if slot.held else None

    async def _deliver(
        self, request: web.Request, arrival: Arrival, rows: list[Message]
    ) -> web.StreamResponse:
        assert arrival.answer is not None  # noqa: S101 - checked by handle()
        if not rows:
            return arrival.acknowledge()
        message = arrival.messages[0]
        response = arrival.answer(_as_one(rows, message))
        ids = [row.id for row in rows]
        await self._mark(ids, Outbox.SENDING)
        try:
            await response.prepare(request)
            await response.write_eof()
        except (ConnectionError, asyncio.CancelledError):
            await self._mark(ids, Outbox.UNKNOWN)
            raise
        await self._mark(ids, Outbox.SENT)
        return response

    async def _mark(self, ids: list[int], state: Outbox) -> None:
        now = self._clock.now()
        columns = {"state": state, "platform_id": PASSIVE, "error": "", "not_before": None}
        columns |= (
            {} if state is Outbox.SENDING else {"done_at": now, "sent_at": now, "lease_until": None}
        )

        async def work() -> None:
            opened = [Outbox.QUEUED, Outbox.SENDING, Outbox.UNKNOWN]
            await Message.filter(id__in=ids, state__in=opened).update(**columns)

        await self._writer.run(work)


async def _held(row: Accepted) -> list[Message]:
    """Older answers of the conversation that waited for a chance like this one."""
    queued = Message.filter(conversation_id=row.conversation, direction="out", state=Outbox.QUEUED)
    return await queued.order_by("id").limit(20)


def _as_one(rows: list[Message], message: Inbound) -> Outbound:
    return Outbound(
        id=rows[0].id,
        key=rows[0].key,
        conversation=message.conversation,
        kind=message.kind,
        recipient=message.sender.id,
        parts=join(rows),
    )
