"""When a recorded comment is due."""

from __future__ import annotations

from core.clock import Clock


class Pace:
    """Maps the recording's milliseconds to the clock; the first comment asked about is due now.

    Due times are absolute, so that a ledger that was slow for a while is caught up with.
    """

    def __init__(self, clock: Clock, speed: float) -> None:
        self._clock = clock
        self._speed = speed
        self._began = clock.monotonic()
        self._base_ms: int | None = None

    def rest(self, at_ms: int) -> float:
        """Seconds until a comment of that moment is due; 0 or less when it is."""
        if self._base_ms is None:
            self._base_ms = at_ms
        due = self._began + (at_ms - self._base_ms) / 1000 / self._speed
        return due - self._clock.monotonic()
