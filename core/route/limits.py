"""Time limits for handlers: one timer for all of them, so that a limit costs next to nothing.

A timer of its own for each call would be a good part of what dispatch costs. Limits are therefore
looked after a few times a second: a handler is stopped at most :data:`TICK` seconds late.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

TICK = 0.2


class HandlerTimeout(TimeoutError):  # noqa: N818 - says what happened
    """A handler did not finish in its time."""


class _Limit:
    __slots__ = ("due", "expired", "task")

    def __init__(self, task: asyncio.Task[object], due: float) -> None:
        self.task, self.due, self.expired = task, due, False


class Limits:
    """The limits of everything that runs now."""

    def __init__(self) -> None:
        """Nothing runs yet; the timer only exists while something does."""
        self._running: set[_Limit] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def run(self, work: Awaitable[None], seconds: float, name: str) -> None:
        """Await ``work``; raise :class:`HandlerTimeout` when it takes longer than ``seconds``."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None  # noqa: S101 - handlers run in tasks
        limit = _Limit(task, loop.time() + seconds)
        self._running.add(limit)
        if self._timer is None:
            self._timer = loop.call_later(TICK, self._look)
        try:
            await work
        except asyncio.CancelledError:
            if limit.expired and task.uncancel() == 0:
                raise HandlerTimeout(f"{name} took longer than {seconds:g} s") from None
            raise
        finally:
            self._running.discard(limit)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for limit in self._running:
            if not limit.expired and limit.due <= now:
                limit.expired = True
                limit.task.cancel()
        self._timer = loop.call_later(TICK, self._look) if self._running else None
