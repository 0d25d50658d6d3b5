"""Customers and the platform's delivery: every message again and again until it is acknowledged.

Messages of one customer are numbered and delivered in order, a few at a time. Some deliveries come
twice at once, some again much later, and some lines are cut before the answer is read.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence

import aiohttp

from chaos.adapter import PROCESS
from chaos.plan import CHANNELS, Plan

PATIENCE = 4.0  # seconds until a delivery counts as failed
AGAIN = 0.3  # seconds until it is tried again
TWICE, LATE_TWIN, CUT = 0.03, 0.03, 0.01  # shares of deliveries
TWIN_DELAY = 3.0
CUT_AFTER = 0.02


class Customers:
    """All of them; ``acknowledged`` is what the shop has answered for, by channel and key."""

    def __init__(self, plan: Plan, shop: str, answered: Mapping[tuple[str, str], int]) -> None:
        """``shop`` is the address of its hooks; ``answered`` the newest number that each saw."""
        self._plan, self._shop, self._answered = plan, shop, answered
        self.acknowledged: set[tuple[str, str]] = set()
        self.begun = 0  # messages delivered at least once
        self.deliveries = 0
        self.seen: Callable[[int], None] = lambda _number: None  # told who acknowledged, at once
        self._closing = False
        self._twins: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to talk."""
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(PATIENCE)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        people = [(c, f"{c[0]}{n}") for c in CHANNELS for n in range(self._plan.customers)]
        self._tasks = [asyncio.create_task(self._talk(*person)) for person in people]

    async def fall_silent(self, seconds: float) -> None:
        """Say nothing new, and wait until everything said is acknowledged, or that long."""
        self._closing = True
        everything = [*self._tasks, *self._twins]
        _, waiting = await asyncio.wait(everything, timeout=seconds)
        for task in waiting:
            task.cancel()
        ended = await asyncio.gather(*everything, return_exceptions=True)
        await self._session.close()
        for error in ended:
            if isinstance(error, Exception):
                raise error

    async def _talk(self, channel: str, who: str) -> None:
        dice, number = self._plan.dice("customer", channel, who), 0
        await asyncio.sleep(dice.uniform(0, self._plan.think))
        while not self._closing:
            size = dice.choice((1, 1, 1, 1, 2, 3))
            keys = [f"{who}:{n}" for n in range(number + 1, number + size + 1)]
            number += size
            await self._until_acknowledged(channel, who, keys, dice)
            await asyncio.sleep(dice.expovariate(1 / self._plan.think))
            while (  # noqa: ASYNC110
                number > self._answered[channel, who] + self._plan.ahead and not self._closing
            ):
                await asyncio.sleep(AGAIN)

    async def _until_acknowledged(
        self, channel: str, who: str, keys: Sequence[str], dice: random.Random
    ) -> None:
        self.begun += len(keys)
        chance = dice.random()
        if chance < TWICE:
            self._twin(channel, who, keys, 0)
        elif chance < TWICE + LATE_TWIN:
            self._twin(channel, who, keys, dice.uniform(0, TWIN_DELAY))
        if dice.random() < CUT:
            await self._deliver(channel, who, keys, CUT_AFTER)
        while (process := await self._deliver(channel, who, keys)) is None:  # noqa: ASYNC110
            await asyncio.sleep(AGAIN)
        self.acknowledged.update((channel, key) for key in keys)
        self.seen(process)

    def _twin(self, channel: str, who: str, keys: Sequence[str], delay: float) -> None:
        """The same delivery once more, whatever becomes of it."""

        async def deliver() -> None:
            await asyncio.sleep(delay)
            await self._deliver(channel, who, keys)

        twin = asyncio.create_task(deliver())
        self._twins.add(twin)
        twin.add_done_callback(self._twins.discard)

    async def _deliver(
        self, channel: str, who: str, keys: Sequence[str], patience: float = PATIENCE
    ) -> int | None:
        """One delivery; the number of the process that acknowledged it, if one did."""
        self.deliveries += 1
        body = {"messages": [{"key": key, "who": who} for key in keys]}
        url = f"{self._shop}/hooks/{channel}"
        try:
            limit = aiohttp.ClientTimeout(patience)
            async with self._session.post(url, json=body, timeout=limit) as answer:
                return int(answer.headers[PROCESS]) if answer.status == 200 else None
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            return None
