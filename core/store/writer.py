"""The one writer: everything that changes rows queues here, and many changes share one commit.

While a commit is under way the next ones gather; then all of them go in one transaction. Nobody
waits for a timer, and under load one fsync serves many messages. Looking up gathers likewise.
Only what live rooms write is patient: while people are being served it leaves the disk free for
them, and shares their commits or waits for :data:`PATIENCE`.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

import structlog
from tortoise.exceptions import BaseORMException, OperationalError
from tortoise.transactions import in_transaction

from core.store.away import LedgerAwayError
from core.store.drivers import Driver, drive_all
from core.store.sql import Keyed, Work

T = TypeVar("T")
log = structlog.get_logger(__name__)
BATCH = 256
ORM_BATCH = 32  # these take a millisecond each, and others wait for the lock
PATIENCE = 0.01  # seconds
SERVED = 1.0  # seconds for which somebody who wrote is being served
MOST_WAITING = 5_000  # while the database is away; one more is refused, not remembered
LOCKED_TRIES = 40
LOCKED_WAIT = 0.05


@dataclass(slots=True)
class _Job:
    work: Callable[[], Work[Any]]
    before: Callable[[], Awaitable[None]] | None  # changes through the ORM, same transaction
    after: Callable[[Any], None] | None
    done: asyncio.Future[Any]
    patient: bool = False


class Writer:
    """Runs works in transactions. A work may run again, so it changes rows and nothing else."""

    def __init__(self, driver: Driver) -> None:
        """Idle until :meth:`start`."""
        self.driver = driver
        self._jobs: list[_Job] = []
        self._looks: list[_Job] = []
        self._wake = asyncio.Event()
        self._hurry = asyncio.Event()  # somebody wants to write who is not patient
        self._served_until = 0.0
        self._look_wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._away = False  # the newest attempt failed for want of the database
        self.commits = 0
        self.rolled_back: Callable[[], None] = lambda: None  # numbers given out are void
        self.committed: Callable[[int], None] = lambda _changes: None  # for the metrics
        self.failed: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin to write and to look."""
        loops = (("writer", self._write_loop), ("looker", self._look_loop))
        self._tasks = [asyncio.create_task(loop(), name=name) for name, loop in loops]

    async def stop(self) -> None:
        """Write what is queued, then end."""
        if not self._tasks:
            return
        while not self.idle:
            waiting = [job.done for job in (*self._jobs, *self._looks)]
            await asyncio.gather(*waiting, return_exceptions=True)
            await asyncio.sleep(0)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be written or looked up."""
        return not self._jobs and not self._looks

    async def run(
        self,
        work: Callable[[], Work[T]],
        after: Callable[[T], None] | None = None,
        *,
        before: Callable[[], Awaitable[None]] | None = None,
        key: Hashable | None = None,
        patient: bool = False,
    ) -> T:
        """Run ``work`` in a transaction and return its result once it is durable.

        ``after`` is called with the result right after the commit, in the order of the jobs and
        before anybody else runs. ``before`` makes changes through the ORM in the same transaction.
        ``key``: the work minds only what belongs to it (see :class:`~core.store.sql.Keyed`).
        ``patient``: it may wait a moment while people are being served. Exceptions of ``work`` are
        raised here, and :class:`LedgerAwayError` when the database was away for too long, or too
        much waits for it already.
        """
        if self._away and len(self._jobs) >= MOST_WAITING:
            raise LedgerAwayError(f"{len(self._jobs)} changes wait for the database")
        make = work if key is None else Keyed(work, key)
        job = _Job(make, before, after, asyncio.get_running_loop().create_future(), patient)
        self._jobs.append(job)
        self._wake.set()
        if not patient:
            self._hurry.set()
        return await job.done  # who stops waiting does not stop the work

    def serve(self) -> None:
        """A person has written: for a moment what is patient stands back."""
        self._served_until = asyncio.get_running_loop().time() + SERVED

    async def look(self, work: Callable[[], Work[T]]) -> T:
        """Run a work that only reads; many share one trip."""
        job = _Job(work, None, None, asyncio.get_running_loop().create_future())
        self._looks.append(job)
        self._look_wake.set()
        return await job.done

    async def _write_loop(self) -> None:
        while True:
            await self._wake.wait()
            await self._stand_back()
            batch = self._jobs[:BATCH]
            try:
                for plain, jobs in groupby(batch, key=lambda job: job.before is None):
                    await self._commit(list(jobs), plain=plain)
            finally:
                del self._jobs[: len(batch)]
                if not self._jobs:
                    self._wake.clear()

    async def _stand_back(self) -> None:
        if self._served_until < asyncio.get_running_loop().time():
            return
        if all(job.patient for job in self._jobs):
            self._hurry.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._hurry.wait()

    async def _look_loop(self) -> None:
        while True:
            await self._look_wake.wait()
            batch = self._looks[:BATCH]
            try:
                await self._together(batch, self.driver.read)
            finally:
                del self._looks[: len(batch)]
                if not self._looks:
                    self._look_wake.clear()

    async def _commit(self, batch: list[_Job], *, plain: bool) -> None:
        if plain:
            await self._together(batch, self.driver.write)
        else:
            for first in range(0, len(batch), ORM_BATCH):
                await self._together(batch[first : first + ORM_BATCH], self._beside_orm)
        self.commits += 1

    async def _together(
        self, batch: list[_Job], run: Callable[[list[Any]], Awaitable[list[Any]]]
    ) -> None:
        """Run a batch; if it fails, each for itself, so that only the one at fault fails."""
        try:
            works = batch if run == self._beside_orm else [job.work for job in batch]
            results = await self._patiently(run, works)
        except Exception as error:  # noqa: BLE001 - handed to whoever queued the job
            self.rolled_back()
            if len(batch) == 1 or isinstance(error, LedgerAwayError):
                for job in batch:
                    _fail(job, error)
                return
            for job in batch:
                await self._together([job], run)
        else:
            self._away = False
            if run != self.driver.read:
                self.committed(len(batch))
            for job, result in zip(batch, results, strict=True):
                _finish(job, result)

    async def _patiently(
        self, run: Callable[[list[Any]], Awaitable[list[Any]]], works: list[Any]
    ) -> list[Any]:
        """Try again what may go well later: nothing of it is in the ledger, or its keys say so."""
        for attempt in itertools.count():
            try:
                results = await run(works)
            except Exception as error:
                wait = _while_locked(error, attempt)
                if wait is None:
                    wait = self.driver.patience(error, attempt)
                if wait is not None or isinstance(error, BaseORMException | sqlite3.Error):
                    self.failed()
                passes = _locked(error) or self.driver.patience(error, 0) is not None
                if wait is None and attempt and passes:
                    raise LedgerAwayError(str(error)) from error
                if wait is None:
                    raise
                self._away = True
                self.rolled_back()
                log.debug("writer.waits", attempt=attempt, error=str(error))
                await asyncio.sleep(wait)
            else:
                return results
        raise AssertionError("unreachable")

    @staticmethod
    async def _beside_orm(jobs: list[_Job]) -> list[Any]:
        """In a task of its own: the ORM notes its transaction in the task's context.

        There it stays when the line is cut as it begins or ends; all that followed would fail.
        """
        return await asyncio.create_task(_in_one_transaction(jobs), name="beside-orm")


async def _in_one_transaction(jobs: list[_Job]) -> list[Any]:
    async with in_transaction("default") as connection:
        for job in jobs:
            if job.before is not None:
                await job.before()
        return await drive_all([job.work for job in jobs], connection)


def _while_locked(error: Exception, attempt: int) -> float | None:
    """A command in another process may hold SQLite's write lock for a moment."""
    return LOCKED_WAIT if _locked(error) and attempt < LOCKED_TRIES - 1 else None


def _locked(error: Exception) -> bool:
    sql = isinstance(error, OperationalError | sqlite3.OperationalError)
    return sql and "locked" in str(error)


def _finish(job: _Job, result: object) -> None:
    """The job is durable, whatever ``after`` does: its failure must not stop the writer."""
    try:
        if job.after is not None:
            job.after(result)
    except Exception:
        log.exception("writer.after_failed")
    if not job.done.done():
        job.done.set_result(result)


def _fail(job: _Job, error: Exception) -> None:
    if job.done.cancelled():
        log.error("writer.lost_interest", error=str(error))
    elif not job.done.done():
        job.done.set_exception(error)
