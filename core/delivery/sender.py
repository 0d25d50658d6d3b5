"""The sender: delivers what is in the outbox by the platform's rules, in order, without doubling.

Only the oldest open row of a conversation may leave. It is claimed (``sending``, with a lease) in
the very transaction that wrote it where it can leave at once, or by the pump when its time comes,
and marked after the call; a claim that nobody finished means *unknown*, not *failed*.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from core.adapter import Outcome, Receipt
from core.channels import Line, Lines
from core.clock import Clock
from core.delivery import quota
from core.delivery.breaker import Breakers
from core.delivery.pace import Pace
from core.delivery.pace_shared import SharedPace
from core.delivery.verdict import Verdict, judge
from core.message import Outbound
from core.metrics import Metrics
from core.parts import load
from core.rounds import Rounds
from core.settings import WorkSettings
from core.store import outbox
from core.store.away import LedgerAwayError
from core.store.commit import Written
from core.store.outbox import NEVER, Rules
from core.store.session import Session
from core.store.sql import Work
from core.store.states import Outbox
from core.store.writer import Writer
from core.views import OutboundRow

log = structlog.get_logger(__name__)
SEND_SECONDS = 20.0
STOP_SECONDS = 3.0
AGAIN = 0.5  # real seconds
TAKEN = {Outcome.ACCEPTED, Outcome.DELIVERED}
Proof = Callable[[], Work[bool]]
UNSENT = {"state": "queued", "platform_id": "", "lease_until": None, "attempts": 0}
NOTHING_SENT = {Outcome.RETRY, Outcome.FINAL}
GONE = Receipt(Outcome.FINAL, "no-such-channel")
STOPPED = Receipt(  # we died, the platform did nothing wrong: no backing off from it
    Outcome.UNKNOWN, "stopped-while-sending", retry_after=1.0
)


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
        session: Session | None = None,
    ) -> None:
        """Idle until :meth:`start`. ``session``: where other processes send too."""
        self._session = session
        self._writer, self._lines, self._clock = writer, lines, clock
        self._metrics, self._settings = metrics, settings
        self._calls: dict[int, asyncio.Task[None]] = {}  # by conversation
        self._pacing: set[asyncio.Task[Any]] = set()  # of these, those that wait for their turn
        self._places = asyncio.Semaphore(settings.senders)
        self._paces: dict[str, Pace | SharedPace] = {}
        self.breakers = Breakers(clock, metrics)
        self._rounds = Rounds("sender", clock, pause=self._pause, work=self._pump)

    async def start(self) -> None:
        """Decide what a former life left half-sent, then begin."""
        if self._session is None:
            await self._recover()
        self._rounds.start()

    async def stop(self) -> None:
        """Claim nothing more and let the calls under way end.

        A call that hangs for :data:`STOP_SECONDS` is broken off: nobody knows whether it arrived,
        and a rule decides what becomes of its row.
        """
        await self._rounds.stop()
        for waiting in self._pacing:
            waiting.cancel()
        calls = dict(self._calls)
        if calls:
            await asyncio.wait(calls.values(), timeout=STOP_SECONDS)
        hanging = {place: call for place, call in calls.items() if not call.done()}
        for call in hanging.values():
            call.cancel()
        await asyncio.gather(*calls.values(), return_exceptions=True)
        await self._recover(hanging)

    def wake(self) -> None:
        """Something may be ready to leave."""
        self._rounds.wake()

    def heard(self, written: Written) -> None:
        """A commit has queued rows; those it claimed leave now."""
        self.take(written.claimed)
        if len(written.posts) > len(written.claimed):
            self._rounds.wake()

    @property
    def idle(self) -> bool:
        """Whether nothing is ready to leave now."""
        busy = len(self._calls) > len(self._pacing)
        return self._rounds.idle and not busy and not any(p.asking for p in self._paces.values())

    def take(self, rows: Sequence[OutboundRow]) -> None:
        """Deliver claimed rows; they go back if we have stopped meanwhile."""
        if not self._rounds.running:
            self.requeue([row.id for row in rows])
            return
        for row in rows:
            self._begin(row.conversation_id, self._deliver(row))

    def _begin(self, conversation: int, work: Coroutine[None, None, None]) -> None:
        call = asyncio.create_task(work)
        self._calls[conversation] = call
        call.add_done_callback(lambda _: self._ended(conversation, call))

    def _ended(self, conversation: int, call: asyncio.Task[None]) -> None:
        if self._calls.get(conversation) is call:
            del self._calls[conversation]
        if not call.cancelled() and (error := call.exception()) is not None:
            log.error("sender.row_failed", exc_info=error)
            self._rounds.wake()

    async def _pause(self) -> float:
        """Seconds until the next row that waits for its time."""
        now = self._clock.now()
        next_moment = await self._writer.look(lambda: outbox.next_moment(now))
        if next_moment is None:
            return NEVER.total_seconds()
        return max(0.0, (next_moment - now).total_seconds())

    async def _pump(self) -> None:
        """Claim the oldest row of every conversation that is free and due."""
        while True:
            now, busy = self._clock.now(), list(self._calls)
            found = await self._writer.look(partial(outbox.due, now, busy))
            free = [place for place in found if place[0] not in self._calls]
            paced = [place for place in free if self._lines.can(place[1]).rate is not None]
            at_once = [place for place in free if place not in paced]
            for conversation, channel in paced:
                self._begin(conversation, self._deliver_paced(conversation, channel))
            await asyncio.gather(*(self._claim(*place, self._take) for place in at_once))
            if len(found) < outbox.PAGE:
                return

    async def _claim(
        self,
        conversation: int,
        channel: str,
        after: Callable[[OutboundRow | None], None] | None = None,
    ) -> OutboundRow | None:
        def work() -> Work[OutboundRow | None]:
            return outbox.claim(conversation, self._rules(channel), self._clock.now())

        return await self._writer.run(work, after, key=conversation)

    def _take(self, row: OutboundRow | None) -> None:
        """Deliver a row that the pump has claimed, even if nobody waits for the claim any more."""
        if row is not None:
            self.take([row])

    def _pace(self, channel: str, rate: tuple[int, float] | None) -> Pace | SharedPace:
        if self._session is None or rate is None:
            return Pace(self._clock, rate)
        return SharedPace(self._session, self._clock, channel, rate)

    def _rules(self, channel: str) -> Rules:
        lease = timedelta(seconds=self._settings.lease_seconds)
        return Rules(self._lines.can(channel), lease, self.breakers.of(channel).rest)

    async def _deliver(self, row: OutboundRow) -> None:
        """Send a claimed row, and then whatever its conversation has ready after it."""
        following: OutboundRow | None = row
        while following is not None:
            async with self._places:
                receipt = await self._call(following)
            following = await self._finish(following, receipt, onward=self._rounds.running)

    async def _deliver_paced(self, conversation: int, channel: str) -> None:
        """Wait for the channel's pace before the claim: who waits has surely sent nothing."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - only called as a task
        rate = self._lines.can(channel).rate
        pace = self._paces.get(channel)
        if pace is None:
            pace = self._paces[channel] = self._pace(channel, rate)
        self._pacing.add(task)
        try:
            await pace.turn()
        finally:
            self._pacing.discard(task)
        row = await self._claim(conversation, channel)
        if row is not None:
            async with self._places:
                receipt = await self._call(row)
            await self._finish(row, receipt, onward=False)
            self._rounds.wake()

    async def _call(self, row: OutboundRow) -> Receipt:
        structlog.contextvars.bind_contextvars(
            message_id=row.id, reply_to=row.reply_to, channel=row.channel
        )
        line = self._lines.get(row.channel)
        if line is None:
            return GONE
        began = self._clock.now()
        with self._metrics.traces.sending(row) as facts:
            receipt = await _send(line, row)
            facts["xiaoer.outcome"] = receipt.outcome
        now = self._clock.now()
        self._metrics.sent(row.channel, receipt.outcome)
        self._metrics.stage("send", (now - began).total_seconds())
        if row.asked_at is not None and receipt.outcome in TAKEN:
            self._metrics.stage("answer", (now - row.asked_at).total_seconds())
        return receipt

    async def _finish(
        self, row: OutboundRow, receipt: Receipt, *, onward: bool, still: Proof | None = None
    ) -> OutboundRow | None:
        """Mark the outcome and, in the same transaction, claim the conversation's next row.

        ``still``: only if that holds.
        """
        rules = self._rules(row.channel)
        now, most = self._clock.now(), self._settings.send_attempts
        young = now - row.at < timedelta(minutes=self._settings.send_minutes)
        back = receipt is not STOPPED and self.breakers.heard(row.channel, row.id, receipt.outcome)
        rests = self.breakers.of(row.channel).open
        verdict = judge(row, receipt, rules.can, now, row.attempts + 1 if rests or young else most)
        if rests and verdict.state is Outbox.QUEUED:
            verdict.columns["attempts"] = row.attempts - 1  # an outage uses up no attempts

        def work() -> Work[OutboundRow | None]:
            if still is not None and not (yield from still()):
                return None
            yield from _settle(row, receipt, verdict, self._clock.now())
            if back:
                yield from outbox.rested(row.channel, self._clock.now())
            if not onward:
                return None
            return (yield from outbox.claim(row.conversation_id, rules, self._clock.now()))

        following = await self._surely(work, row.conversation_id)
        log.debug("message.sent", state=verdict.state, reason=verdict.columns.get("error") or None)
        if following is None or back:
            self._rounds.wake()  # the pump learns when the next row may be tried
        return following

    @property
    def busy(self) -> Collection[int]:
        """Conversations that a call (or a wait for its turn) is under way for."""
        return self._calls.keys()

    async def recover(self, numbers: Sequence[int], still: Callable[[OutboundRow], Proof]) -> None:
        """Rows that dead processes were sending: a rule decides each, if it is still so then."""
        marks = ", ".join("?" * len(numbers))
        these = f"m.state = 'sending' AND m.id IN ({marks})"
        rows = await self._writer.look(lambda: outbox.rows_where(these, numbers))
        ends = (self._finish(row, STOPPED, onward=False, still=still(row)) for row in rows)
        await asyncio.gather(*ends)
        self._rounds.wake()

    async def _surely(
        self, work: Callable[[], Work[OutboundRow | None]], conversation: int
    ) -> OutboundRow | None:
        """What a platform said is known to nobody else: wait for the database however long."""
        while True:
            try:
                return await self._writer.run(work, key=conversation)
            except LedgerAwayError as error:
                log.error("sender.database_away", error=str(error))
                await asyncio.sleep(AGAIN)

    async def _recover(self, places: Collection[int] | None = None) -> None:
        """Rows that nobody sends any more (in these conversations): their outcome is unknown.

        A rule decides each.
        """
        if places is not None and not places:
            return
        rows = await self._writer.look(lambda: outbox.rows_where("m.state = 'sending'", ()))
        for row in rows:
            wanted = places is None or row.conversation_id in places
            if wanted and self._lines.get(row.channel) is not None:
                await self._finish(row, STOPPED, onward=False)

    def changed(self, channel: str) -> None:
        """A channel may pace otherwise now, and what waited for it may leave."""
        self._paces.pop(channel, None)
        self._rounds.wake()

    def requeue(self, ids: Sequence[int]) -> None:
        """Claimed rows that were not sent, surely (a passive answer came too late): they wait."""
        if ids:
            self._give_back(lambda: outbox.by_ids(ids, [Outbox.SENDING], UNSENT))

    def unsent(self, conversations: Mapping[int, int]) -> None:
        """Rows (by number) claimed by a commit whose answer was lost: they go the ordinary way.

        Commits come one after another, so when this one does, calls for earlier claims have begun.
        """

        def work() -> Work[int]:
            ids = [number for number, where in conversations.items() if where not in self._calls]
            return (yield from outbox.by_ids(ids, [Outbox.SENDING], UNSENT)) if ids else 0

        self._give_back(work)

    def _give_back(self, work: Callable[[], Work[int]]) -> None:
        def after(_count: int) -> None:
            self._rounds.wake()

        self._requeue = asyncio.ensure_future(self._writer.run(work, after))


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
            return await line.send(outbound(row))
    except TimeoutError:
        return Receipt(Outcome.UNKNOWN, "timeout")
    except Exception as error:
        log.exception("adapter.send_raised")  # it should have said so in a receipt
        return Receipt(Outcome.UNKNOWN, f"raised:{type(error).__name__}")


def _settle(row: OutboundRow, receipt: Receipt, verdict: Verdict, now: datetime) -> Work[None]:
    yield from outbox.settle(row, verdict.state, verdict.columns, now, event=verdict.event)
    if row.grant is not None and receipt.outcome in NOTHING_SENT:
        yield from quota.give_back(row.grant)
    if receipt.closes_window:
        yield from quota.exhaust(row.conversation_id, now)
