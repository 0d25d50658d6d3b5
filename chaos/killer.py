"""When and how the shop is killed: at any moment, and at those that hurt most."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum

from chaos.customers import Customers
from chaos.fleet import Fleet, Part
from chaos.plan import Plan
from chaos.platform import Platform


class Way(StrEnum):
    """The moments."""

    ANYWHERE = "anywhere"
    RECORDED = "recorded"  # the platform has a send, the shop has not heard so
    ACKNOWLEDGED = "acknowledged"  # a customer has just been told "got it"
    OPENING = "opening"  # killed, and killed again while it starts
    DATABASE = "database"  # the server of the database, not one of the shop's processes


SHARES = {Way.ANYWHERE: 40, Way.RECORDED: 30, Way.ACKNOWLEDGED: 20, Way.OPENING: 10}
BLACKOUTS = 0.04  # instead of a kill, where the database is a server
Blackout = Callable[[], Awaitable[None]]
LONGEST_AIM = 1.0  # seconds to wait for such a moment; then any will do
OPENING, GRACE = 0.5, 0.4  # at most so many seconds into a start, or after it


class Killer:
    """Kills until the time is over; ``ways`` counts how."""

    def __init__(
        self,
        plan: Plan,
        fleet: Fleet,
        platform: Platform,
        customers: Customers,
        blackout: Blackout | None,
    ) -> None:
        """Aims at what the stand-in and the customers see."""
        self._plan, self._fleet = plan, fleet
        self._platform, self._customers, self._blackout = platform, customers, blackout
        self._dice = plan.dice("killer")
        self.ways: Counter[Way] = Counter()

    async def run(self) -> None:
        """For the plan's time; a kill that finds the shop still opening waits for it."""
        loop = asyncio.get_running_loop()
        due, end = loop.time(), loop.time() + self._plan.seconds
        while True:
            gap = self._dice.uniform(0.1, 1.9) * self._plan.gap
            due = max(due, loop.time() - self._plan.gap) + gap
            if due >= end:
                await asyncio.sleep(max(0.0, end - loop.time()))
                return
            await asyncio.sleep(due - loop.time())
            await self._once()

    async def _once(self) -> None:
        way = self._dice.choices(list(SHARES), list(SHARES.values()))[0]
        part = self._dice.choice(self._fleet.parts)
        grace, opening = self._dice.uniform(0, GRACE), self._dice.uniform(0, OPENING)
        if self._blackout is not None and self._dice.random() < BLACKOUTS:
            await self._blackout()
            self.ways[Way.DATABASE] += 1
            return
        if not part.ready.is_set():
            await self._fleet.ready(part)
            await asyncio.sleep(grace)
        self.ways[way] += await self._kill(way, part, opening)

    async def _kill(self, way: Way, part: Part, opening: float) -> int:
        """How many kills it came to."""
        before = self._fleet.kills
        match way:
            case Way.RECORDED:
                await self._aim(self._platform)
            case Way.ACKNOWLEDGED:
                await self._aim(self._customers)
            case Way.OPENING:
                self._fleet.kill(part.number)
                await asyncio.sleep(opening)
            case _:
                pass
        if self._fleet.kills == before or way is Way.OPENING:
            self._fleet.kill(part.number)
        return self._fleet.kills - before

    async def _aim(self, witness: Platform | Customers) -> None:
        """Let the witness pull the trigger at what it sees next."""
        hit = asyncio.Event()

        def fire(number: int) -> None:
            if self._fleet.kill(number):
                witness.seen = ignore
                hit.set()

        witness.seen = fire
        with suppress(TimeoutError):
            await asyncio.wait_for(hit.wait(), LONGEST_AIM)
        witness.seen = ignore


def ignore(_number: int) -> None:
    """What is seen while nobody aims."""
