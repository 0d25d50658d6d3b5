"""The circuit breaker of a channel: a platform that fails every call is left alone for a while.

When :data:`FAILING` different messages in a row were refused for now or got no clear answer, no
further one is tried until a pause is over. Then one goes out as a probe: if it arrives, everything
that rested follows; if not, the next pause is twice as long. Resting rows stay queued, and what
fails while the circuit is open counts as no attempt, so that an outage uses up nobody's attempts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from core.adapter import Outcome
from core.clock import Clock
from core.metrics import Metrics

log = structlog.get_logger(__name__)
FAILING = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
PROBE = timedelta(seconds=30)  # in which the outcome of a probe must be known
TROUBLE = {Outcome.RETRY, Outcome.UNKNOWN}


class Breaker:
    """One channel's. Each process of a shop learns for itself."""

    def __init__(self, clock: Clock) -> None:
        """Closed: calls pass."""
        self._clock = clock
        self._failed: set[int] = set()  # messages since the last one that the platform took
        self._pause = FIRST_PAUSE
        self._until: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether the channel rests."""
        return self._until is not None

    def rest(self) -> datetime | None:
        """Until when a message must wait; ``None``: it may go, as the probe if we are open."""
        now = self._clock.now()
        if self._until is None or now < self._until:
            return self._until
        self._until = now + PROBE  # the others wait for what becomes of this one
        return None

    def heard(self, message: int, outcome: Outcome) -> bool:
        """What the platform said to a message; true if that has just closed the circuit."""
        if outcome not in TROUBLE:
            was_open, self._until, self._pause = self.open, None, FIRST_PAUSE
            self._failed.clear()
            return was_open
        self._failed.add(message)
        if self.open:
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if self.open or len(self._failed) >= FAILING:
            self._until = self._clock.now() + self._pause
        return False


class Breakers:
    """All channels'."""

    def __init__(self, clock: Clock, metrics: Metrics) -> None:
        """All closed."""
        self._clock, self._metrics = clock, metrics
        self._breakers: dict[str, Breaker] = {}

    def of(self, channel: str) -> Breaker:
        """The one of a channel."""
        if channel not in self._breakers:
            self._breakers[channel] = Breaker(self._clock)
        return self._breakers[channel]

    def heard(self, channel: str, message: int, outcome: Outcome) -> bool:
        """As :meth:`Breaker.heard`, told to the log and the metrics."""
        breaker = self.of(channel)
        was_open, closed = breaker.open, breaker.heard(message, outcome)
        if was_open != breaker.open:
            self._metrics.broken.labels(channel).set(breaker.open)
            word = "sender.channel_rests" if breaker.open else "sender.channel_is_back"
            log.warning(word, channel=channel)
        return closed
