"""A histogram of values for percentiles that can be added up: each bucket a tenth wider."""

from __future__ import annotations

import math
from collections.abc import Mapping

WIDER = 1.1
_LOG = math.log(WIDER)


def bucket(value: int) -> int:
    """The bucket of a value; 0 holds nothing but zero."""
    return 0 if value <= 0 else math.floor(math.log(value) / _LOG) + 1


def percentile(buckets: Mapping[int, int], share: float) -> float | None:
    """The value below which that share lies, within a tenth; ``None`` for nothing."""
    wanted, seen = share * sum(buckets.values()), 0
    for number in sorted(buckets):
        seen += buckets[number]
        if seen >= wanted:
            return 0.0 if number == 0 else round(WIDER ** (number - 0.5), 1)
    return None
