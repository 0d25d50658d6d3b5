"""When and how the shop is killed: at any moment, and at those that hurt most."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from enum import StrEnum

from chaos.customers import Customers
from chaos.fleet import Fleet, Part
from chaos.plan import Plan
from chaos.platform import Platform
from chaos.sizes import Layout


class Way(StrEnum):
    """The moments."""

    ANYWHERE = "anywhere"
    RECORDED = "recorded"  # the platform has a send, the shop has not heard so
    ACKNOWLEDGED = "acknowledged"  # a customer has just been told "got it"
    OPENING = "opening"  # killed, and killed again while it starts
    DATABASE = "database"  # the server of the database, not one of the shop's processes
    DISK = "disk full"  # nobody is killed: no file of the shop may grow for a while
    CLOCK = "clock jump"  # nobody is killed: the machine's time is put forward or back


SHARES = {Way.ANYWHERE: 40, Way.RECORDED: 30, Way.ACKNOWLEDGED: 20, Way.OPENING: 10}
BLACKOUTS = 0.04  # instead of a kill, where the database is a server
FULL = 0.04  # likewise, where it is a file
JUMPS = 0.05  # likewise, everywhere
FULL_SECONDS, LONGEST_JUMP = (0.5, 3.0), 6.0
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
        layout: Layout,
    ) -> None:
        """Aims at what the stand-in and the customers see."""
        self._plan, self._fleet, self._layout = plan, fleet, layout
        self._platform, self._customers = platform, customers
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
                self._fleet.put_clock(0)
                return
            await asyncio.sleep(due - loop.time())
            await self._once()

    async def _once(self) -> None:
        way = self._dice.choices(list(SHARES), list(SHARES.values()))[0]
        part = self._dice.choice(self._fleet.parts)
        grace, opening = self._dice.uniform(0, GRACE), self._dice.uniform(0, OPENING)
        if await self._trouble(part, self._dice.random()):
            return
        if not part.ready.is_set():
            await self._fleet.ready(part)
            await asyncio.sleep(grace)
        self.ways[way] += await self._kill(way, part, opening)

    async def _trouble(self, part: Part, chance: float) -> bool:
        """What hurts without a kill of ours, now and then."""
        if chance < JUMPS:
            self._fleet.put_clock(self._dice.uniform(-LONGEST_JUMP, LONGEST_JUMP))
            self.ways[Way.CLOCK] += 1
        elif chance < JUMPS + BLACKOUTS and self._layout.blackout is not None:
            await self._layout.blackout()
            self.ways[Way.DATABASE] += 1
        elif chance < JUMPS + FULL and self._layout.disk is not None:
            seconds = self._dice.uniform(*FULL_SECONDS)
            self.ways[Way.DISK] += await self._fleet.fill_disk(part, self._layout.disk, seconds)
        else:
            return False
        return True

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
