"""Measuring: interleaved rounds, the median of each side, and their ratio."""

from __future__ import annotations

import asyncio
import gc
import math
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

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


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not exceeded by ``share`` of all."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def resident() -> float:
    """Megabytes of memory that this process occupies (Linux), after the garbage is gone."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6
