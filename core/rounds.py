"""Rounds: work that is done when somebody wakes it, or when its own next moment has come."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from core.clock import Clock, wait_for
from core.store.postgres import away

log = structlog.get_logger(__name__)
LONGEST = 60.0  # real seconds: by then a clock that was put forward is noticed
BREATH = 0.5  # real seconds before a round that failed is tried again


class Rounds:
    """One task that goes round; it survives what a round raises (an absent database)."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        pause: Callable[[], Awaitable[float]],
        work: Callable[[], Awaitable[None]],
    ) -> None:
        """``pause`` says how many seconds of the clock may pass before ``work`` is due again."""
        self._name, self._clock = name, clock
        self._pause, self._work = pause, work
        self._wake = asyncio.Event()
        self._resting = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with a first round at once."""
        self._wake.set()
        self._task = asyncio.create_task(self._go(), name=self._name)

    async def stop(self) -> None:
        """End; a round under way is cancelled."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    @property
    def running(self) -> bool:
        """Whether rounds are made at all."""
        return self._task is not None

    @property
    def idle(self) -> bool:
        """Whether nothing is to be done now, and when there will be is known."""
        return not self._wake.is_set() and (self._resting or self._task is None)

    async def _go(self) -> None:
        while True:
            try:
                await self._rest(await self._pause())
                self._wake.clear()
                await self._work()
            except Exception as error:
                if not away(error):
                    log.exception("rounds.failed", of=self._name)
                await asyncio.sleep(BREATH)
                self._wake.set()

    async def _rest(self, seconds: float) -> None:
        self._resting = True
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST):
                    await wait_for(self._clock, self._wake.wait(), seconds)
        finally:
            self._resting = False
