"""Measuring: interleaved rounds, the median of each side, and their ratio."""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

ROUNDS = 15
CALLS = 2_000

Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Result:
    """A figure with the machine's floor beside it, both in ``unit``."""

    value: float
    floor: float
    unit: str

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return round(self.value / self.floor, 3)


def compare(work: Work, floor: Work, *, calls: int = CALLS, rounds: int = ROUNDS) -> Result:
    """Microseconds a call of both, measured in turns so that a noisy neighbour hits both alike."""
    return asyncio.run(_compare(work, floor, calls, rounds))


async def _compare(work: Work, floor: Work, calls: int, rounds: int) -> Result:
    mine: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        mine.append(await _time(work, calls))
        theirs.append(await _time(floor, calls))
    value, least = statistics.median(mine), statistics.median(theirs)
    return Result(round(value, 4), round(least, 4), "us")


async def _time(work: Work, calls: int) -> float:
    gc.collect()
    start = time.perf_counter()
    for _ in range(calls):
        await work()
    return (time.perf_counter() - start) / calls * 1e6
