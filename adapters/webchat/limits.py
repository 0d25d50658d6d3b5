"""How much one visitor may send: a token bucket each, in bounded memory."""

from collections import OrderedDict

from core.clock import Clock


class Bucket:
    """Holds up to ``size`` tokens and wins ``per_second`` back."""

    def __init__(self, clock: Clock, size: float, per_second: float) -> None:
        """Start full."""
        self._clock = clock
        self._size = size
        self._per_second = per_second
        self._tokens = size
        self._at = clock.monotonic()

    def take(self) -> float:
        """Take one token: 0.0, or the seconds until there will be one (then none is taken)."""
        now = self._clock.monotonic()
        self._tokens = min(self._size, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._per_second


class Meter:
    """A bucket for each visitor, kept across reconnects; the longest unused is forgotten first."""

    def __init__(self, clock: Clock, size: int, per_minute: int, remember: int = 10_000) -> None:
        """``remember`` bounds how many visitors are kept."""
        self._clock = clock
        self._size = size
        self._per_second = per_minute / 60
        self._remember = remember
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, visitor: str) -> float:
        """As :meth:`Bucket.take`, of that visitor's bucket."""
        bucket = self._buckets.get(visitor)
        if bucket is None:
            bucket = self._buckets[visitor] = Bucket(self._clock, self._size, self._per_second)
            if len(self._buckets) > self._remember:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(visitor)
        return bucket.take()
