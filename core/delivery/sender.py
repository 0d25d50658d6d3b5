"""The sender: delivers what is in the outbox by the platform's rules, in order, without doubling.

Only the oldest open row of a conversation may leave. It is claimed (``sending``, with a lease) in
the very transaction that wrote it where it can leave at once, or by the pump when its time comes,
and marked after the call; a claim that nobody finished means *unknown*, not *failed*.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from core.adapter import Outcome, Receipt
from core.channels import Line, Lines
from core.clock import Clock
from core.delivery import quota
from core.delivery.pace import Pace
from core.delivery.verdict import Verdict, judge
from core.message import Outbound
from core.metrics import Metrics
from core.parts import load
from core.settings import WorkSettings
from core.store import outbox
from core.store.commit import Written
from core.store.outbox import NEVER, Rules
from core.store.sql import Work
from core.store.states import Outbox
from core.store.writer import Writer
from core.views import OutboundRow

log = structlog.get_logger(__name__)
SEND_SECONDS = 20.0
GONE = Receipt(Outcome.FINAL, "no-such-channel")


class Sender:
    """A pump for rows whose time comes, and a bounded number of calls under way."""

    def __init__(
        self,
        *,
        writer: Writer,
        lines: Lines,
        clock: Clock,
        metrics: Metrics,
        settings: WorkSettings,
    ) -> None:
        """Idle until :meth:`start`."""
        self._writer, self._lines, self._clock = writer, lines, clock
        self._metrics, self._settings = metrics, settings
        self._calls: dict[int, asyncio.Task[None]] = {}  # by conversation
        self._places = asyncio.Semaphore(settings.senders)
        self._paces: dict[str, Pace] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._pumping = False

    async def start(self) -> None:
        """Decide what a former life left half-sent, then begin."""
        await self._recover()
        self._wake.set()
        self._task = asyncio.create_task(self._loop(), name="sender")

    async def stop(self) -> None:
        """Claim nothing more and let the calls under way end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        await asyncio.gather(*self._calls.values(), return_exceptions=True)

    def wake(self) -> None:
        """Something may be ready to leave."""
        self._wake.set()

    def heard(self, written: Written) -> None:
        """A commit has queued rows; those it claimed leave now."""
        self.take(written.claimed)
        if len(written.posts) > len(written.claimed):
            self._wake.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is ready to leave now."""
        return not (self._wake.is_set() or self._pumping or self._calls)

    def take(self, rows: Sequence[OutboundRow]) -> None:
        """Deliver claimed rows."""
        for row in rows:
            self._calls[row.conversation_id] = asyncio.create_task(self._deliver(row))

    async def _loop(self) -> None:
        while True:
            await self._sleep(await self._pause())
            self._pumping = True
            self._wake.clear()
            try:
                await self._pump()
            except Exception:
                log.exception("sender.pump_failed")  # a locked or vanished database: try again
                await asyncio.sleep(1)
                self._wake.set()
            finally:
                self._pumping = False

    async def _sleep(self, seconds: float) -> None:
        timer = asyncio.ensure_future(self._clock.sleep(seconds))
        waker = asyncio.ensure_future(self._wake.wait())
        try:
            await asyncio.wait((timer, waker), return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            waker.cancel()
            await asyncio.gather(timer, waker, return_exceptions=True)

    async def _pause(self) -> float:
        """Seconds until the next row that waits for its time."""
        now = self._clock.now()
        next_moment = await self._writer.look(lambda: outbox.next_moment(now))
        if next_moment is None or self._wake.is_set():
            return NEVER.total_seconds()
        return max(0.0, (next_moment - now).total_seconds())

    async def _pump(self) -> None:
        """Claim the oldest row of every conversation that is free and due."""
        while True:
            now, busy = self._clock.now(), list(self._calls)
            found = await self._writer.look(lambda now=now, busy=busy: outbox.due(now, busy))
            places = [(c, channel) for c, channel in found if c not in self._calls]
            if places:
                self.take(await self._writer.run(lambda places=places: self._claim(places)))
            if len(found) < outbox.PAGE:
                return

    def _claim(self, places: Sequence[tuple[int, str]]) -> Work[list[OutboundRow]]:
        claimed: list[OutboundRow] = []
        for conversation, channel in places:
            rules = self._rules(channel)
            row = yield from outbox.claim(conversation, rules, self._clock.now())
            claimed += [row] if row is not None else []
        return claimed

    def _rules(self, channel: str) -> Rules:
        return Rules(self._lines.can(channel), timedelta(seconds=self._settings.lease_seconds))

    async def _deliver(self, row: OutboundRow) -> None:
        """Send a claimed row, and then whatever its conversation has ready after it."""
        structlog.contextvars.bind_contextvars(message_id=row.id, channel=row.channel)
        following: OutboundRow | None = row
        try:
            while following is not None:
                async with self._places:
                    receipt = await self._call(following)
                following = await self._finish(following, receipt, onward=self._task is not None)
        except Exception:
            log.exception("sender.row_failed")
        finally:
            self._calls.pop(row.conversation_id, None)
            if row.not_before is not None or following is not None:
                self._wake.set()

    async def _call(self, row: OutboundRow) -> Receipt:
        line = self._lines.get(row.channel)
        if line is None:
            return GONE
        pace = self._paces.get(row.channel)
        if pace is None:
            pace = self._paces[row.channel] = Pace(self._clock, line.capabilities.rate)
        await pace.turn()
        receipt = await _send(line, row)
        self._metrics.sent(row.channel, receipt.outcome)
        return receipt

    async def _finish(
        self, row: OutboundRow, receipt: Receipt, *, onward: bool
    ) -> OutboundRow | None:
        """Mark the outcome and, in the same transaction, claim the conversation's next row."""
        now, rules = self._clock.now(), self._rules(row.channel)
        verdict = judge(row, receipt, rules.can, now, self._settings.send_attempts)

        def work() -> Work[OutboundRow | None]:
            yield from _settle(row, receipt, verdict, self._clock)
            if not onward:
                return None
            return (yield from outbox.claim(row.conversation_id, rules, self._clock.now()))

        following = await self._writer.run(work)
        log.debug("message.sent", state=verdict.state, reason=verdict.columns.get("error") or None)
        if verdict.state is Outbox.QUEUED:
            self._wake.set()  # the pump learns when it may be tried again
        return following

    async def _recover(self) -> None:
        """Rows that a former life was sending: their outcome is unknown; a rule decides each."""
        rows = await self._writer.look(lambda: outbox.rows_where("m.state = 'sending'", ()))
        for row in rows:
            if self._lines.get(row.channel) is not None:
                receipt = Receipt(Outcome.UNKNOWN, "stopped-while-sending")
                await self._finish(row, receipt, onward=False)

    def requeue(self, ids: Sequence[int]) -> None:
        """Rows claimed for a passive answer that came too late: they go the ordinary way."""
        columns = {"state": "queued", "platform_id": "", "lease_until": None, "attempts": 0}

        def after(_count: int) -> None:
            self._wake.set()

        work = self._writer.run(lambda: outbox.by_ids(ids, ["sending"], columns), after)
        self._requeue = asyncio.ensure_future(work)


def outbound(row: OutboundRow) -> Outbound:
    """The row as an adapter receives it."""
    return Outbound(
        id=row.id,
        key=row.key,
        conversation=row.thread,
        kind=row.kind,
        recipient=row.recipient,
        parts=load(row.parts),
        attempt=row.attempts,
        mention=tuple(row.mention),
    )


async def _send(line: Line, row: OutboundRow) -> Receipt:
    try:
        async with asyncio.timeout(SEND_SECONDS):
            return await line.adapter.send(outbound(row))
    except TimeoutError:
        return Receipt(Outcome.UNKNOWN, "timeout")
    except Exception as error:
        log.exception("adapter.send_raised")  # it should have said so in a receipt
        return Receipt(Outcome.UNKNOWN, f"raised:{type(error).__name__}")


def _settle(row: OutboundRow, receipt: Receipt, verdict: Verdict, clock: Clock) -> Work[None]:
    now = clock.now()
    yield from outbox.settle(row, verdict.state, verdict.columns, now, event=verdict.event)
    if receipt.closes_window:
        yield from quota.exhaust(row.conversation_id, now)
