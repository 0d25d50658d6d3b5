"""Webhooks: verify, parse, make durable, then acknowledge; or answer in the request itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from aiohttp import web

from core.adapter import Arrival, Refused
from core.channels import Line, Lines
from core.clock import Clock, wait_for
from core.delivery.passive import PASSIVE, PassiveDesk, Slot, fitting, join
from core.message import ConversationKind, Inbound, Outbound
from core.store import inbox, outbox
from core.store.away import LedgerAwayError
from core.store.inbox import Accepted
from core.store.states import Inbox, Outbox
from core.store.writer import Writer
from core.views import OutboundRow

log = structlog.get_logger(__name__)
_OPEN = [Outbox.QUEUED, Outbox.SENDING, Outbox.UNKNOWN]
T = TypeVar("T")
DURABLE = 4.5  # seconds that a delivery may take; platforms hang up after 5
LOOK = 0.2  # seconds between two looks for an answer that another process may have written
AGAIN = 0.5  # real seconds between two tries to note what has left
HANG_UP = 1.5  # seconds after the deadline by which the platform has hung up and will come again


class Hooks:
    """``/hooks/<channel>`` for every channel."""

    def __init__(
        self,
        *,
        lines: Lines,
        desk: PassiveDesk,
        writer: Writer,
        clock: Clock,
        left: Callable[[], None],
        elsewhere: bool = False,
    ) -> None:
        """Serve the channels in ``lines``; ``left`` is called when an answer has left.

        ``elsewhere``: other processes may answer; then the ledger is watched as well.
        """
        self._elsewhere = elsewhere
        self._lines, self._desk, self._writer, self._clock = lines, desk, writer, clock
        self._left = left

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
        await _in_time(line.accept(arrival.messages))
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
        slot.transfers = arrival.transfer is not None
        try:
            found = await self._found(line, slot, arrival)
            if isinstance(found, list):
                await self._mark([row.id for row in found], Outbox.SENDING)
        except BaseException:  # refused or broken off: nobody here takes the answer any more
            if slot.holding == 1:
                self._let_go(line, slot)
            raise
        finally:
            slot.holding -= 1
        if isinstance(found, web.StreamResponse):
            return found
        return await self._deliver(request, arrival, found)

    async def _found(
        self, line: Line, slot: Slot, arrival: Arrival
    ) -> list[OutboundRow] | web.StreamResponse:
        """The rows to answer with, or the response where there are none."""
        message = arrival.messages[0]
        end = self._clock.monotonic() + slot.passive.deadline
        taken = await _in_time(line.take(message))
        row = taken.result() if taken.done() else await self._before(end, line, slot, taken)
        if row is None:  # durable, but in the queue before the ledger
            return arrival.acknowledge()
        if not row.new and (again := await self._given_before(row, slot)):
            return again
        if not line.capabilities.push and slot.requests == 1:
            slot.held = fitting(await self._held(row), line.capabilities.max_text)
        watch = self._watch(slot, row) if self._elsewhere and not line.capabilities.push else None
        try:
            rows = await self._wait(line, slot, end)
        finally:
            if watch is not None:
                watch.cancel()
        if arrival.transfer is not None and await self._transferred(slot, row):
            return arrival.transfer()
        return arrival.acknowledge() if rows is None else [*slot.held, *rows]

    def _let_go(self, line: Line, slot: Slot) -> None:
        """The request is over without an answer; the platform may deliver the message again."""
        if not line.capabilities.push and slot.requests < slot.passive.attempts:
            self._desk.expect_retry(slot)
        else:
            slot.close()

    async def _transferred(self, slot: Slot, row: Accepted) -> bool:
        """Whether the turn left the conversation with the people; another process may know."""
        if slot.outcome.done() or not self._elsewhere:
            return slot.outcome.done() and slot.transferred
        heard = await self._writer.look(lambda: inbox.load(row.id))
        return heard is not None and heard[0].state == Inbox.HANDLED and heard[1].owner == "queue"

    async def _given_before(self, row: Accepted, slot: Slot) -> list[OutboundRow]:
        """What this message was answered with in an earlier delivery of it."""
        if not slot.outcome.done():
            heard = await self._writer.look(lambda: inbox.load(row.id))
            if heard is None or heard[0].state == Inbox.ACCEPTED:
                return []
        elif slot.open and slot.claimed:
            return [*slot.held, *slot.claimed]
        answers = "m.reply_to = ? AND m.platform_id = ?"
        given = await self._writer.look(lambda: outbox.rows_where(answers, (row.id, PASSIVE)))
        if not given:
            slot.open = False
        return given

    def _watch(self, slot: Slot, row: Accepted) -> asyncio.Task[None]:
        """Look in the ledger for the answer of another process, and put it into the slot."""
        waiting = "m.reply_to = ? AND m.state = 'queued'"

        async def look() -> None:
            while not slot.outcome.done():
                await self._clock.sleep(LOOK)
                heard = await self._writer.look(lambda: inbox.load(row.id))
                if heard is None or heard[0].state == Inbox.ACCEPTED or slot.outcome.done():
                    continue
                rows = await self._writer.look(lambda: outbox.rows_where(waiting, (row.id,)))
                both = fitting([*slot.held, *rows], slot.can.max_text)
                slot.claimed = rows[: max(0, len(both) - len(slot.held))]
                slot.resolve()

        return asyncio.create_task(look(), name="answer-elsewhere")

    async def _wait(self, line: Line, slot: Slot, end: float) -> list[OutboundRow] | None:
        """The claimed rows, or ``None`` when the answer must go (or wait for) another way."""
        if not slot.open:
            return None
        rows = await self._before(end, line, slot, asyncio.shield(slot.outcome))
        return [] if rows is None and not slot.open and slot.held else rows

    async def _before(self, end: float, line: Line, slot: Slot, coming: Awaitable[T]) -> T | None:
        """What comes in time; where not, the slot is open for the next attempt, if there is one."""
        try:
            return await wait_for(self._clock, coming, end - self._clock.monotonic())
        except TimeoutError:
            if not line.capabilities.push and slot.requests < slot.passive.attempts:
                # unanswered, the platform hangs up and delivers the message again
                await self._clock.sleep(HANG_UP)
            self._let_go(line, slot)
            return None

    async def _deliver(
        self, request: web.Request, arrival: Arrival, rows: list[OutboundRow]
    ) -> web.StreamResponse:
        assert arrival.answer is not None  # noqa: S101 - checked by handle()
        if not rows:
            return arrival.acknowledge()
        message = arrival.messages[0]
        response = arrival.answer(_as_one(rows, message))
        ids = [row.id for row in rows]
        try:
            await response.prepare(request)
            await response.write_eof()
        except (ConnectionError, asyncio.CancelledError):
            await self._mark(ids, Outbox.UNKNOWN)
            raise
        await self._mark(ids, Outbox.SENT)
        return response

    async def _mark(self, ids: list[int], state: Outbox) -> None:
        if not ids:
            return
        now = self._clock.now()
        columns: dict[str, Any] = {"state": str(state), "platform_id": PASSIVE, "error": ""}
        columns |= {"not_before": None}
        if state is not Outbox.SENDING:
            columns |= {"done_at": now, "sent_at": now, "lease_until": None}
        while True:
            try:
                await self._writer.run(lambda: outbox.by_ids(ids, _OPEN, columns))
                break
            except LedgerAwayError:
                if state is Outbox.SENDING:
                    raise  # nothing has left yet: the platform comes again
                await asyncio.sleep(AGAIN)  # what has left is known to nobody else
        if state is not Outbox.SENDING:
            self._left()  # what waits behind it in the conversation may go on

    async def _held(self, row: Accepted) -> list[OutboundRow]:
        """Older answers of the conversation that waited for a chance like this one."""
        waiting = "m.conversation_id = ? AND m.state = 'queued'"
        return await self._writer.look(lambda: outbox.rows_where(waiting, (row.conversation,)))


async def _in_time(taking: Awaitable[T]) -> T:
    """Make durable before the platform hangs up; refused, it comes again."""
    try:
        async with asyncio.timeout(DURABLE):
            return await taking
    except (TimeoutError, LedgerAwayError):
        raise web.HTTPServiceUnavailable from None


def _as_one(rows: list[OutboundRow], message: Inbound) -> Outbound:
    return Outbound(
        id=rows[0].id,
        key=rows[0].key,
        conversation=message.conversation,
        kind=message.kind,
        recipient=message.sender.id,
        parts=join(rows),
    )
