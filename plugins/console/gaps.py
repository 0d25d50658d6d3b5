"""Numbers that no row has: on PostgreSQL a smaller one may be committed after a larger one.

Most never come (a platform's retry uses one up), so they are waited for once and all together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PATIENCE = 2.0  # seconds


@dataclass(slots=True)
class Gaps:
    """What one reader of one table waits for.

    ``settled``: what is missing up to there will not come. ``newest`` becomes settled when it was
    waited for since ``since`` (monotonic seconds).
    """

    settled: int = 0
    newest: int = 0
    since: float = 0.0

    def whole(self, last: int, numbers: Sequence[int], now: float) -> int:
        """How many of these, rising after ``last``, may be told now: up to a gap still awaited."""
        if self.newest and now - self.since >= PATIENCE:
            self.settled, self.newest = max(self.settled, self.newest), 0
        for place, number in enumerate(numbers):
            if last and number > max(last, self.settled) + 1:
                if not self.newest:
                    self.newest, self.since = numbers[-1], now
                return place
            last = number
        self.newest = 0
        return len(numbers)
