"""Pacing: so many messages in so many seconds for a channel, on the house's clock."""

from __future__ import annotations

from collections import deque

from core.clock import Clock


class Pace:
    """A sliding window; :meth:`turn` waits until one more message is allowed."""

    def __init__(self, clock: Clock, rate: tuple[int, float] | None) -> None:
        """``rate`` is (messages, seconds); ``None`` never waits."""
        self._clock, self._rate = clock, rate
        self._sent: deque[float] = deque()
        self.asking = False  # nobody is asked: it is all time we wait (see SharedPace)

    async def turn(self) -> None:
        """Wait for a place, and take it."""
        if self._rate is None:
            return
        most, seconds = self._rate
        while True:
            now = self._clock.monotonic()
            while self._sent and self._sent[0] <= now - seconds:
                self._sent.popleft()
            if len(self._sent) < most:
                self._sent.append(now)
                return
            await self._clock.sleep(self._sent[0] + seconds - now)
