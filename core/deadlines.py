"""The deadline engine: at its time a row's handler runs once, even if we crash at that moment."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import structlog

from core.clock import Clock
from core.due import Due, Late
from core.plugin import DueHandler
from core.rounds import Rounds
from core.store import journal
from core.store.away import LedgerAwayError
from core.store.commit import Cause, Commit, Superseded, Written
from core.store.journal import Place
from core.store.models import Deadline
from core.store.sql import Work, update
from core.store.writer import Writer
from core.texts import Texts

log = structlog.get_logger(__name__)
PAGE = 100
TRIES = 5
FIRST_WAIT = timedelta(seconds=10)
NEVER = timedelta(days=3650)


class DueCall(Protocol):
    """A deadline handler with everything but its ``Due`` injected."""

    async def __call__(self, due: Due) -> None:
        """Run it."""
        ...


@dataclass(frozen=True, slots=True)
class BoundDue:
    """A deadline handler ready to be called, with its plugin's declaration."""

    handler: DueHandler
    call: DueCall


class Deadlines:
    """One loop over the rows that are due."""

    def __init__(
        self,
        *,
        writer: Writer,
        commit: Commit,
        clock: Clock,
        texts: Texts,
        handlers: Mapping[str, BoundDue],
        lead: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        """``handlers`` by full name; a row whose handler is gone waits until it is back.

        ``lead`` returns once this process may run deadlines; of several only one does.
        """
        self._writer, self._commit, self._clock, self._texts = writer, commit, clock, texts
        self._handlers, self._lead = handlers, lead
        self.leads = lead is None  # whether this process is the one that runs them
        self._rounds = Rounds("deadlines", clock, pause=self._pause, work=self._run_due)
        commit.listeners.append(self._heard)

    async def start(self) -> None:
        """Begin; what came due while nobody ran is dealt with by each handler's own rule."""
        self._rounds.start()

    async def stop(self) -> None:
        """End; a handler under way is cancelled, its row stays and runs at the next start."""
        await self._rounds.stop()

    @property
    def idle(self) -> bool:
        """Whether nothing is due now."""
        return not self.leads or self._rounds.idle

    def wake(self) -> None:
        """Look again: a row may have been set by another process."""
        self._rounds.wake()

    def _heard(self, written: Written) -> None:
        if written.alarms:
            self._rounds.wake()

    async def _stand_by(self) -> None:
        if self._lead is not None:
            self.leads = False
            await self._lead("deadlines")
            self.leads = True

    async def _pause(self) -> float:
        await self._stand_by()
        names = list(self._handlers)
        row = await Deadline.filter(state="waiting", name__in=names).order_by("run_at").first()
        if row is None:
            return NEVER.total_seconds()
        return max(0.0, (row.run_at - self._clock.now()).total_seconds())

    async def _run_due(self) -> None:
        while True:
            due = Deadline.filter(
                state="waiting", run_at__lte=self._clock.now(), name__in=list(self._handlers)
            )
            rows = await due.order_by("run_at", "id").limit(PAGE)
            kinds: dict[str, list[Deadline]] = {}
            for row in rows:
                kinds.setdefault(row.name, []).append(row)
            turns = (self._in_turn(same) for same in kinds.values())
            ended = await asyncio.gather(*turns, return_exceptions=True)
            for error in filter(None, ended):  # after all: nobody may run on into the next round
                raise error
            if len(rows) < PAGE:
                return

    async def _in_turn(self, rows: Sequence[Deadline]) -> None:
        """Deadlines of one handler, one after another: each sees what the last one wrote."""
        for row in rows:
            await self._one(row)

    async def _one(self, row: Deadline) -> None:
        bound = self._handlers[row.name]
        due = Due(
            self._clock,
            self._texts,
            self._texts.default,
            key=row.key,
            due_at=row.due_at,
            data=row.data,
            conversation_id=row.conversation_id,
        )
        late = self._clock.now() - row.due_at
        try:
            if (
                late > bound.handler.grace
                and bound.handler.late is not Late.RUN
                and not row.attempts
            ):
                await self._skip(row, due, bound.handler.late, late)
                return
            async with asyncio.timeout(bound.handler.seconds):
                await bound.call(due)
            await self._commit.write(due, self._cause(row, "done"))
        except Superseded:
            log.debug("deadline.superseded", name=row.name, key=row.key)
        except LedgerAwayError:  # no fault of the handler: it costs no attempt
            raise
        except Exception as error:  # noqa: BLE001 - a handler may raise anything; the row keeps it
            await self._failed(row, error)

    async def _skip(self, row: Deadline, due: Due, policy: Late, late: timedelta) -> None:
        if policy is Late.REPORT:
            due.emit(
                "deadline.missed", name=row.name, key=row.key, late_seconds=late.total_seconds()
            )
        log.warning(
            "deadline.skipped", name=row.name, key=row.key, late_seconds=late.total_seconds()
        )
        await self._commit.write(due, self._cause(row, "skipped"))

    async def _failed(self, row: Deadline, error: Exception) -> None:
        attempts = row.attempts + 1
        reason = f"{type(error).__name__}: {error}"[:500]
        log.error(
            "deadline.attempt_failed", name=row.name, key=row.key, attempt=attempts, exc_info=error
        )
        gave_up = attempts >= TRIES
        columns: dict[str, Any] = {"attempts": attempts, "error": reason}
        columns |= (
            {"state": "failed"}
            if gave_up
            else {"run_at": self._clock.now() + FIRST_WAIT * 2**row.attempts}
        )

        def work() -> Work[None]:
            now = self._clock.now()
            still = "id = ? AND state = 'waiting' AND run_at = ?"  # nobody has moved it meanwhile
            if (yield from update("deadline", columns, still, (row.id, row.run_at))) and gave_up:
                data = {"name": row.name, "key": row.key, "error": reason}
                place = Place(conversation=row.conversation_id)
                yield from journal.enter("deadline.failed", data, now, place)

        await self._writer.run(work)
        self._rounds.wake()

    def _cause(self, row: Deadline, state: str) -> Cause:
        def claim() -> Work[None]:
            now = self._clock.now()
            if not (yield from journal.end_deadline(row.id, row.run_at, state, now)):
                raise Superseded

        # The claim sees to it that a run counts once. A row that is set again keeps its number, and
        # may come due at the same moment: what the runs say must not pass for the same.
        return Cause(f"d{row.id}:{secrets.token_hex(6)}", claim, row.conversation_id)
