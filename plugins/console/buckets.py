"""A small histogram of seconds, for percentiles that can be added up: each bucket a tenth wider."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

WIDER = 1.1
_LOG = math.log(WIDER)


def bucket(value: int) -> str:
    """The bucket of a value; ``"0"`` holds nothing but zero."""
    return "0" if value <= 0 else str(math.floor(math.log(value) / _LOG) + 1)


def add(buckets: Mapping[str, int], values: Iterable[int]) -> dict[str, int]:
    """The histogram with these values too."""
    more = dict(buckets)
    for value in values:
        name = bucket(value)
        more[name] = more.get(name, 0) + 1
    return more


def merge(many: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Histograms joined."""
    total: dict[str, int] = {}
    for each in many:
        for name, count in each.items():
            total[name] = total.get(name, 0) + count
    return total


def percentile(buckets: Mapping[str, int], share: float) -> float | None:
    """The value below which that share lies, within a tenth; ``None`` for nothing."""
    wanted, seen = share * sum(buckets.values()), 0
    for name in sorted(buckets, key=int):
        seen += buckets[name]
        if seen >= wanted:
            number = int(name)
            return 0.0 if number == 0 else round(WIDER ** (number - 0.5), 1)
    return None
