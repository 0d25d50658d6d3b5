"""Where time comes from: the one place that may ask the machine, so that tests can move it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """Time for everything that waits or stamps."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow; for measuring, not for stamping."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The moment in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds of the machine's monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        await asyncio.sleep(seconds)


class TestClock:
    """A clock that stands still until a test moves it with :meth:`advance`."""

    __test__ = False  # a name that pytest would otherwise collect

    def __init__(self, start: datetime) -> None:
        """Stand at ``start`` (aware)."""
        self._start = start
        self._now = start
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The moment the test has reached."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since the test began."""
        return (self._now - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Wait until the test has moved that far; at once for nothing."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waiter = asyncio.get_running_loop().create_future()
        # at least the smallest step: who asks for what a rounding left would spin for ever
        due = self._now + max(timedelta(seconds=seconds), timedelta.resolution)
        heapq.heappush(self._sleepers, (due, next(self._order), waiter))
        await waiter

    def next_wake(self) -> datetime | None:
        """When the earliest sleeper wakes, if anybody sleeps."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def move_to(self, moment: datetime) -> None:
        """Jump to ``moment`` and wake whoever waited for it, oldest first."""
        self._now = max(self._now, moment)
        while (due := self.next_wake()) is not None and due <= self._now:
            heapq.heappop(self._sleepers)[2].set_result(None)


async def wait_for(clock: Clock, work: Awaitable[T], seconds: float) -> T:
    """Await ``work`` for at most ``seconds`` of ``clock``; raise :class:`TimeoutError` after.

    The work is cancelled when the time is over. Shield it to let it go on.
    """
    task = asyncio.ensure_future(work)
    timer = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait((task, timer), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise TimeoutError
    finally:
        for leftover in (task, timer):
            if not leftover.done():
                leftover.cancel()
        await asyncio.gather(task, timer, return_exceptions=True)
