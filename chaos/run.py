"""One run from the first process to the verdict."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from chaos import books, proof, report
from chaos.customers import Customers
from chaos.fleet import Fleet
from chaos.killer import Killer
from chaos.plan import Plan
from chaos.platform import Platform
from chaos.proof import Verdict
from chaos.sizes import SIZES, Layout

PROGRESS = 10.0  # seconds between two lines
LOOK = 0.5
STALLED = 30.0  # seconds without one open message less, when the drain's time is over
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What came out."""

    kills: int
    verdict: Verdict
    facts: dict[str, object]
    surprises: list[str]

    @property
    def clean(self) -> bool:
        """Whether every promise was kept and nobody died unasked."""
        return self.verdict.clean and not self.surprises


class Run:
    """The stage: platform, customers, processes and who kills them."""

    def __init__(self, plan: Plan, folder: Path, tell: Tell) -> None:
        """``folder`` keeps the ledger and the log; ``tell`` shows a line of progress."""
        self._plan, self._folder, self._tell = plan, folder, tell
        self._platform = Platform(plan)
        self._started = time.monotonic()

    async def play(self) -> Result:
        """All of it; bounded by the plan's seconds and its drain."""
        async with AsyncExitStack() as stack:
            await self._platform.start()
            stack.push_async_callback(self._platform.stop)
            size = SIZES[self._plan.size](self._folder, self._platform.url)
            layout = await stack.enter_async_context(size)
            self._fleet = Fleet(layout.parts, self._folder)
            stack.push_async_callback(self._fleet.stop)
            await self._fleet.start()
            shop = f"http://127.0.0.1:{layout.parts[0].port}"
            self._customers = Customers(self._plan, shop, self._platform.answered)
            witnesses = (self._platform, self._customers)
            self._killer = Killer(self._plan, self._fleet, *witnesses, layout)
            await self._storm()
            self._tell("nobody dies any more; waiting until nothing is open")
            async with books.opened(layout.database):
                left = await self._drain(layout)
                await self._fleet.stop()
                ledger = await books.read()
        acknowledged, sends = self._customers.acknowledged, self._platform.sends
        verdict = proof.judge(acknowledged, sends, ledger)
        return Result(self._fleet.kills, verdict, self._facts(left), self._fleet.surprises)

    async def _storm(self) -> None:
        """Customers talk, processes die."""
        ticker = asyncio.create_task(self._progress())
        await self._customers.start()
        try:
            await self._killer.run()
        finally:
            ticker.cancel()
            await self._customers.fall_silent(self._plan.drain)

    async def _drain(self, layout: Layout) -> int:
        """Nobody dies any more: wait until nothing is open; how much is if that takes too long.

        What takes its time on a slow machine is not lost: it may while there is less and less.
        """
        await self._fleet.all_ready()
        end = time.monotonic() + self._plan.drain
        least = await _open(layout)
        quiet = 0
        while (left := await _open(layout)) or quiet < 2:
            quiet = 0 if left else quiet + 1
            if left < least:
                least, end = left, max(end, time.monotonic() + STALLED)
            if time.monotonic() > end:
                return left
            await asyncio.sleep(LOOK)
        return 0

    async def _progress(self) -> None:
        while True:
            await asyncio.sleep(PROGRESS)
            seconds = time.monotonic() - self._started
            said, told = len(self._customers.acknowledged), len(self._platform.sends)
            self._tell(
                f"{seconds:5.0f} s  {self._fleet.kills:4} kills  {said:7,} acknowledged"
                f"  {told:7,} calls of the platform"
            )

    def _facts(self, left: int) -> dict[str, object]:
        return {
            "seconds": round(time.monotonic() - self._started),
            "kills": self._fleet.kills,
            "of these": {str(way): number for way, number in self._killer.ways.items()},
            "surprises": dict.fromkeys(self._fleet.surprises, 1),
            "deliveries": self._customers.deliveries,
            "delivered messages": self._customers.begun,
            "calls of the platform": len(self._platform.sends),
            "faults": self._platform.faults,
            "logged": report.grumbles(self._fleet.log),
            "still open": left,
        }


async def _open(layout: Layout) -> int:
    queued = await layout.waiting() if layout.waiting is not None else 0
    return queued + await books.unfinished()
