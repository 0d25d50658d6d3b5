"""The one writer: everything that changes rows queues here, and many changes share one commit.

While a commit is under way the next ones gather; then all of them go in one transaction. Nobody
waits for a timer, and under load one fsync serves many messages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

T = TypeVar("T")
log = structlog.get_logger(__name__)
BATCH = 256
LOCKED_TRIES = 40
LOCKED_WAIT = 0.05


@dataclass(slots=True)
class _Job(Generic[T]):
    work: Callable[[], Awaitable[T]]
    after: Callable[[T], None] | None
    done: asyncio.Future[T]
    result: Any = None


class Writer:
    """Runs jobs in transactions. A job may run again, so it changes rows and nothing else."""

    def __init__(self) -> None:
        """Idle until :meth:`start`.

        ``undone`` is called whenever a transaction was rolled back: numbers read or made in it
        may not be remembered.
        """
        self.undone: Callable[[], None] = lambda: None
        self._jobs: list[_Job[Any]] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.commits = 0

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._loop(), name="writer")

    async def stop(self) -> None:
        """Write what is queued, then end."""
        if self._task is None:
            return
        while not self.idle:
            await asyncio.gather(*(job.done for job in self._jobs), return_exceptions=True)
            await asyncio.sleep(0)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be written."""
        return not self._jobs

    async def run(
        self, work: Callable[[], Awaitable[T]], after: Callable[[T], None] | None = None
    ) -> T:
        """Run ``work`` in a transaction and return its result once it is durable.

        ``after`` is called with the result right after the commit, in the order of the jobs and
        before anybody else runs: for handing rows on. Exceptions of ``work`` are raised here.
        """
        job = _Job(work, after, asyncio.get_running_loop().create_future())
        self._jobs.append(job)
        self._wake.set()
        return await asyncio.shield(job.done)

    async def _loop(self) -> None:
        while True:
            await self._wake.wait()
            batch = self._jobs[:BATCH]
            try:
                await self._commit(batch)
            finally:
                del self._jobs[: len(batch)]
                if not self._jobs:
                    self._wake.clear()

    async def _commit(self, batch: list[_Job[Any]]) -> None:
        try:
            await self._together(batch)
        except Exception as error:  # noqa: BLE001 - handed to whoever queued the job
            if len(batch) == 1:
                _fail(batch[0], error)
                return
            for job in batch:  # one of them is at fault: each for itself, so that only it fails
                await self._commit([job])

    async def _together(self, batch: list[_Job[Any]]) -> None:
        for attempt in range(LOCKED_TRIES):
            try:
                async with in_transaction("default"):
                    for job in batch:
                        job.result = await job.work()
                break
            except OperationalError as error:
                self.undone()
                if "locked" not in str(error) or attempt == LOCKED_TRIES - 1:
                    raise
                log.debug("writer.locked", attempt=attempt)
                await asyncio.sleep(LOCKED_WAIT)  # a command in another process is writing
            except BaseException:
                self.undone()
                raise
        self.commits += 1
        for job in batch:
            _finish(job)


def _finish(job: _Job[Any]) -> None:
    """The job is durable, whatever ``after`` does: its failure must not run anything again."""
    try:
        if job.after is not None:
            job.after(job.result)
    except Exception:
        log.exception("writer.after_failed")
    if not job.done.done():
        job.done.set_result(job.result)


def _fail(job: _Job[Any], error: Exception) -> None:
    if job.done.cancelled():
        log.error("writer.lost_interest", error=str(error))
    elif not job.done.done():
        job.done.set_exception(error)
