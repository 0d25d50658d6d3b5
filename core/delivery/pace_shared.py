"""Pacing over several processes: the last sends of a channel stand in one row of PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from core.clock import Clock
from core.store.session import Session


class SharedPace:
    """As :class:`core.delivery.pace.Pace`, for all processes together."""

    def __init__(
        self, session: Session, clock: Clock, channel: str, rate: tuple[int, float]
    ) -> None:
        """``rate`` is (messages, seconds)."""
        self._session, self._clock, self._channel = session, clock, channel
        self._most, self._span = rate[0], timedelta(seconds=rate[1])
        self._queue = asyncio.Lock()  # one of this process asks; the others stand behind it
        self.asking = False  # whether the database is being asked now; otherwise it is time we wait

    async def turn(self) -> None:
        """Wait for a place, and take it. Raises what the database says."""
        async with self._queue:
            while (wait := await self._ask()) is not None:
                await self._clock.sleep(max(wait, 0.01))

    async def _ask(self) -> float | None:
        """Seconds until there may be a place; ``None``: it is ours."""
        self.asking = True
        try:
            now = self._clock.now()
            if await self._session.fetch(_TAKE, self._channel, now, self._most, self._span):
                return None
            rows = await self._session.fetch(_NEXT, self._channel, self._span)
        finally:
            self.asking = False
        return (rows[0][0] - self._clock.now()).total_seconds() if rows else 0.0


_TAKE = """
INSERT INTO pace AS p (channel, sent) VALUES ($1, ARRAY[$2::TIMESTAMPTZ])
ON CONFLICT (channel) DO UPDATE
    SET sent = p.sent[greatest(1, cardinality(p.sent) - $3::INT + 2):] || $2::TIMESTAMPTZ
    WHERE cardinality(p.sent) < $3::INT
    OR p.sent[cardinality(p.sent) - $3::INT + 1] <= $2::TIMESTAMPTZ - $4::INTERVAL
RETURNING 1
"""
_NEXT = "SELECT sent[1] + $2::INTERVAL FROM pace WHERE channel = $1"
