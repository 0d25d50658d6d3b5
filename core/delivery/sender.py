"""The sender: delivers what is in the outbox by the platform's rules, in order, without doubling.

Only the oldest open row of a conversation may leave. It is claimed (``sending``, with a lease)
before the call and marked after it; a claim that nobody finished means *unknown*, not *failed*.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from tortoise.expressions import Q
from tortoise.functions import Min

from core.adapter import Outcome, Receipt
from core.channels import Line, Lines
from core.clock import Clock, wait_for
from core.delivery import quota
from core.delivery.pace import Pace
from core.delivery.verdict import Verdict, judge
from core.message import Outbound
from core.metrics import Metrics
from core.parts import load
from core.settings import WorkSettings
from core.store.commit import Cause, Commit
from core.store.intake import HELD
from core.store.models import Message
from core.store.states import OPEN_OUTBOX, Outbox
from core.store.writer import Writer

log = structlog.get_logger(__name__)
PAGE = 200
SEND_SECONDS = 20.0
STOP_SECONDS = 3.0
NEVER = timedelta(days=3650)
NOTHING_SENT = {Outcome.RETRY, Outcome.FINAL}


class Sender:
    """One loop that claims, and a bounded number of calls under way."""

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
        self._pacing: set[asyncio.Task[Any]] = set()  # of these, those that wait for their turn
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
        """Claim nothing more and let the calls under way end.

        A call that hangs for :data:`STOP_SECONDS` is broken off: its row stays ``sending``, and the
        next start decides about it.
        """
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for waiting in self._pacing:
            waiting.cancel()
        calls = list(self._calls.values())
        if calls:
            _, hanging = await asyncio.wait(calls, timeout=STOP_SECONDS)
            for call in hanging:
                call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    def wake(self) -> None:
        """Something may be ready to leave."""
        self._wake.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is ready to leave now."""
        busy = len(self._calls) > len(self._pacing)
        return not (self._wake.is_set() or self._pumping or busy)

    async def _loop(self) -> None:
        while True:
            try:
                pause = await self._pause()
                with suppress(TimeoutError):
                    await wait_for(self._clock, self._wake.wait(), pause)
                self._pumping = True
                self._wake.clear()
                await self._pump()
            except Exception:
                log.exception("sender.pump_failed")  # a locked or vanished database: try again
                await asyncio.sleep(1)
                self._wake.set()
            finally:
                self._pumping = False

    async def _pause(self) -> float:
        """Seconds until the next row that waits for its time."""
        now = self._clock.now()
        later = Message.filter(
            state=Outbox.QUEUED, not_before__gt=now, not_before__lt=now + NEVER / 2
        )
        row = await later.order_by("not_before").first()
        if row is None or row.not_before is None:
            return NEVER.total_seconds()
        return max(0.0, (row.not_before - now).total_seconds())

    async def _pump(self) -> None:
        for row in await self._ready():
            call = asyncio.create_task(self._deliver(row), name=f"send-{row.id}")
            self._calls[row.conversation_id] = call  # its end wakes the loop for the next ones

    async def _ready(self) -> list[Message]:
        """The oldest open row of each conversation, where its time has come."""
        now = self._clock.now()
        free = self._settings.senders - len(self._calls)
        due = Message.filter(
            Q(not_before=None) | Q(not_before__lte=now), state=Outbox.QUEUED, direction="out"
        )
        busy = set(self._calls)  # before we read: what is read of them may be old when they end
        chosen: list[Message] = []
        last = 0
        while len(chosen) < free:  # a page may be full of rows that wait behind another
            page = due.filter(id__gt=last).order_by("id").limit(PAGE)
            rows = await page.prefetch_related("conversation")
            heads = await _heads({row.conversation_id for row in rows} - busy)
            chosen += [row for row in rows if heads.get(row.conversation_id) == row.id]
            if len(rows) < PAGE:
                break
            last = rows[-1].id
        return chosen[: max(0, free)]

    async def _deliver(self, row: Message) -> None:
        try:
            structlog.contextvars.bind_contextvars(message_id=row.id, channel=row.channel)
            line = self._lines.get(row.channel)
            if line is None:
                await self._finish(
                    row,
                    Verdict(Outbox.FAILED, {"error": "no-such-channel"}, "message.undeliverable"),
                )
            else:
                await self._send(row, line)
        except Exception:
            log.exception("sender.row_failed")
        finally:
            self._calls.pop(row.conversation_id, None)
            self._wake.set()

    async def _send(self, row: Message, line: Line) -> None:
        can, now = line.capabilities, self._clock.now()
        if row.expires_at is not None and row.expires_at <= now:
            await self._finish(
                row,
                Verdict(Outbox.EXPIRED, {"done_at": now, "error": "too-late"}, "message.expired"),
            )
        elif can.outlet == "board":
            await self._to_board(row)
        elif can.outlet == "passive":
            await self._hold(row, "passive-only")
        else:
            await self._turn(line)  # before the claim: who waits here has surely sent nothing
            used = await self._claim(row, line)
            if used.refusal:
                await self._hold(row, used.refusal)
                return
            row.attempts += 1
            receipt = await self._call(row, line)
            self._metrics.sent(row.channel, receipt.outcome)
            verdict = judge(row, receipt, can, self._clock.now(), self._settings.send_attempts)
            await self._finish(row, verdict, receipt, used)

    async def _turn(self, line: Line) -> None:
        """Wait until the channel's pace allows one more message."""
        pace = self._paces.setdefault(line.name, Pace(self._clock, line.capabilities.rate))
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - only called within a call's task
        self._pacing.add(task)
        try:
            await pace.turn()
        finally:
            self._pacing.discard(task)

    async def _claim(self, row: Message, line: Line) -> quota.Use:
        """Mark the row as being sent and use its quota; says why not, if it may not leave."""
        now = self._clock.now()
        lease = now + timedelta(seconds=self._settings.lease_seconds)
        columns = {"state": Outbox.SENDING, "lease_until": lease, "attempts": row.attempts + 1}

        async def work() -> quota.Use:
            queued = Message.filter(id=row.id, state=Outbox.QUEUED)
            if not await queued.exists():
                return quota.Use("taken")
            used = await quota.use(row.conversation_id, line.capabilities.windows, now)
            if not used.refusal:
                await queued.update(**columns)
            return used

        return await self._writer.run(work)

    async def _call(self, row: Message, line: Line) -> Receipt:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await line.adapter.send(outbound(row))
        except TimeoutError:
            return Receipt(Outcome.UNKNOWN, "timeout")
        except Exception as error:
            log.exception("adapter.send_raised")  # it should have said so in a receipt
            return Receipt(Outcome.UNKNOWN, f"raised:{type(error).__name__}")

    async def _hold(self, row: Message, reason: str) -> None:
        """Keep the row until its contact gives us another chance (or it expires)."""
        if reason == "taken":
            return
        until = row.expires_at or self._clock.now() + NEVER

        async def work() -> None:
            queued = Message.filter(id=row.id, state=Outbox.QUEUED)
            await queued.update(not_before=until, error=f"{HELD}: {reason}")
            await Commit.journal("message.held", {"reason": reason}, _cause(row), self._clock.now())

        await self._writer.run(work)

    async def _to_board(self, row: Message) -> None:
        question = await Message.get_or_none(id=row.reply_to) if row.reply_to else None
        answer = {
            "question": question.text if question else "",
            "author": question.author if question else "",
            "answer": row.text,
            "context": question.context if question else {},
        }

        async def work() -> None:
            now = self._clock.now()
            columns = {"done_at": now, "sent_at": now, "platform_id": "board"}
            if await Message.filter(id=row.id, state=Outbox.QUEUED).update(
                state=Outbox.SENT, **columns
            ):
                await Commit.journal("board.answer", answer, _cause(row), now)

        await self._writer.run(work)

    async def _finish(
        self,
        row: Message,
        verdict: Verdict,
        receipt: Receipt | None = None,
        used: quota.Use | None = None,
    ) -> None:
        async def work() -> None:
            now = self._clock.now()
            opened = Message.filter(id=row.id, state__in=[*OPEN_OUTBOX])
            await opened.update(state=verdict.state, **verdict.columns)
            if receipt is not None and used is not None and receipt.outcome in NOTHING_SENT:
                await quota.give_back(used)
            if receipt is not None and receipt.closes_window:
                await quota.exhaust(row.conversation_id, now)
            if verdict.event:
                reason = str(verdict.columns.get("error", ""))
                await Commit.journal(verdict.event, {"reason": reason}, _cause(row), now)

        await self._writer.run(work)
        log.info("message.sent", state=verdict.state, reason=verdict.columns.get("error") or None)

    async def _recover(self) -> None:
        """Rows that a former life was sending: their outcome is unknown; a rule decides each."""
        for row in await Message.filter(state=Outbox.SENDING, direction="out"):
            line = self._lines.get(row.channel)
            if line is None:
                continue
            receipt = Receipt(Outcome.UNKNOWN, "stopped-while-sending")
            await self._finish(
                row,
                judge(
                    row, receipt, line.capabilities, self._clock.now(), self._settings.send_attempts
                ),
            )

    def requeue(self, ids: Sequence[int]) -> None:
        """Rows claimed for a passive answer that came too late: they go the ordinary way."""

        async def work() -> None:
            claimed = Message.filter(id__in=list(ids), state=Outbox.SENDING)
            await claimed.update(state=Outbox.QUEUED, platform_id="", lease_until=None, attempts=0)

        self._requeue = asyncio.ensure_future(self._writer.run(work, lambda _none: self.wake()))


def outbound(row: Message) -> Outbound:
    """The row as an adapter receives it; its conversation must be loaded."""
    conversation = row.conversation
    return Outbound(
        id=row.id,
        key=row.key,
        conversation=conversation.external_id,
        kind=conversation.kind,
        recipient=row.recipient,
        parts=load(row.parts),
        attempt=row.attempts,
        mention=tuple(row.mention),
    )


async def _heads(conversations: Iterable[int]) -> dict[int, int]:
    wanted = list(conversations)
    if not wanted:
        return {}
    opened = Message.filter(conversation_id__in=wanted, direction="out", state__in=[*OPEN_OUTBOX])
    rows = (
        await opened.annotate(head=Min("id"))
        .group_by("conversation_id")
        .values("conversation_id", "head")
    )
    return {row["conversation_id"]: row["head"] for row in rows}


def _cause(row: Message) -> Cause:
    return Cause(row.key, None, row.conversation_id, row.id, row.channel)
