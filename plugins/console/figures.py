"""What is counted, what of it ought to be reached, and the shares that are made of counts.

The rows of ``desk_tally`` are histograms that add up, so every figure of a day, an hour, a channel
or an agent comes of the same few rows, and a share is always a share of sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from plugins.console.buckets import bucket, percentile
from plugins.console.numbers.outcomes import SATISFIED
from plugins.console.table import Shape

BOUNDS = (60, 300, 900, 3600, 14_400, 86_400)  # seconds: how a time is spread


class Value(Shape):
    """One number: how often, the sum, and where it lies; of a share: of how many, and how many.

    ``within``: the share within the target. ``spread``: how many up to each bound, and above all.
    """

    count: int
    sum: int
    mean: float | None
    p50: float | None
    p90: float | None
    p95: float | None
    within: float | None
    spread: list[int]


class Goal(NamedTuple):
    """How a metric is read. ``target``: what ought to be reached, if the source says so."""

    unit: Literal["count", "seconds", "share", "score"]
    better: Literal["more", "less"]
    target: float | None = None


GOALS: dict[str, Goal] = {
    "contained": Goal("share", "more", 0.7),  # S-008
    "satisfied": Goal("share", "more", 0.85),  # S-408
    "solved": Goal("share", "more", 0.9),  # S-407, S-473
    "first_contact": Goal("share", "more", 0.9),  # S-407, S-437
    "second_contact": Goal("share", "more", 0.9),  # S-407
    "back": Goal("share", "less"),
    "kept": Goal("share", "more"),  # S-428, turned round
    "soothed": Goal("share", "more", 0.95),  # S-396, S-414
    "enquiries": Goal("count", "more"),
    "heard": Goal("count", "more"),
    "answered": Goal("count", "more"),
    "said": Goal("count", "more"),
    "asked": Goal("count", "less"),
    "leaked": Goal("count", "less"),
    "taken": Goal("seconds", "less"),
    "first_response": Goal("seconds", "less", 300),  # S-395, S-425: 5 minutes
    "response": Goal("seconds", "less", 300),  # S-427
    "resolution": Goal("seconds", "less"),  # S-426
    "closed.solved": Goal("count", "more"),
    "closed.unsolved": Goal("count", "less"),
    "closed.no-answer": Goal("count", "less"),
    "promise.broken": Goal("count", "less"),
    "complaints": Goal("count", "less"),
    "rated": Goal("score", "more"),
}
CLOSED = ("closed.solved", "closed.unsolved", "closed.no-answer")


@dataclass(slots=True)
class Sum:
    """One metric added up, by bucket."""

    total: int = 0
    buckets: dict[int, int] = field(default_factory=dict[int, int])

    @property
    def count(self) -> int:
        """How often."""
        return sum(self.buckets.values())

    def add(self, value: int, count: int = 1) -> None:
        """Count a value."""
        self.total += value * count
        self.buckets[bucket(value)] = self.buckets.get(bucket(value), 0) + count

    def upto(self, most: float) -> int:
        """How often at most that much, to the width of a bucket."""
        last = bucket(int(most))
        return sum(count for number, count in self.buckets.items() if number <= last)

    def value(self, goal: Goal) -> Value:
        """As a report shows it."""
        timed, count = goal.unit != "count", self.count
        inside = goal.target is not None and goal.unit == "seconds" and count
        return Value(
            count=count,
            sum=self.total,
            mean=round(self.total / count, 2) if count and timed else None,
            p50=percentile(self.buckets, 0.5) if timed else None,
            p90=percentile(self.buckets, 0.9) if timed else None,
            p95=percentile(self.buckets, 0.95) if timed else None,
            within=round(self.upto(goal.target or 0) / count, 4) if inside else None,
            spread=list(self._spread()) if goal.unit == "seconds" else [],
        )

    def _spread(self) -> Iterable[int]:
        before = 0
        for bound in BOUNDS:
            reached = self.upto(bound)
            yield reached - before
            before = reached
        yield self.count - before


Sums = dict[str, Sum]


def values(found: Mapping[str, Sum]) -> dict[str, Value]:
    """The figures of one row, shares included."""
    counted = {n: s.value(GOALS[n]) for n, s in sorted(found.items()) if n in GOALS}
    parts = {name: part for name, part in _shares(found) if part[1]}
    return counted | {name: _share(*part) for name, part in parts.items()}


def whole(rows: Iterable[Mapping[str, Sum]]) -> Sums:
    """Rows added up."""
    found: Sums = {}
    for row in rows:
        for name, each in row.items():
            into = found.setdefault(name, Sum())
            into.total += each.total
            for number, count in each.buckets.items():
                into.buckets[number] = into.buckets.get(number, 0) + count
    return found


def _shares(found: Mapping[str, Sum]) -> Iterable[tuple[str, tuple[int, int]]]:
    """Each share as its part and its whole."""
    rated = found.get("rated", Sum())
    happy = sum(n for number, n in rated.buckets.items() if number >= bucket(SATISFIED))
    enquiries = _count(found, "enquiries")
    yield "contained", (max(0, enquiries - _count(found, "leaked")), enquiries)
    yield "satisfied", (happy, rated.count)
    yield "solved", (_count(found, "closed.solved"), _count(found, *CLOSED))
    kept = _count(found, "promise.kept")
    yield "kept", (kept, kept + _count(found, "promise.broken"))
    for name, turn in (("first_contact", 1), ("second_contact", 2)):
        closed = _count(found, f"case.closed.{turn}")
        yield name, (_count(found, f"case.solved.{turn}"), closed)
    yield "back", (min(enquiries, _count(found, "case.back")), enquiries)
    opened = _count(found, "complaints")
    yield "soothed", (min(opened, _count(found, "complaints.soothed")), opened)


def _count(found: Mapping[str, Sum], *names: str) -> int:
    return sum(found[name].count for name in names if name in found)


def _share(part: int, whole: int) -> Value:
    share = round(part / whole, 4)
    return Value(
        count=whole, sum=part, mean=share, p50=None, p90=None, p95=None, within=None, spread=[]
    )


def columns(goals: Sequence[tuple[str, Goal]]) -> Iterable[str]:
    """The columns of a table for a spreadsheet."""
    for text, goal in goals:
        yield text
        if goal.unit in {"seconds", "score"}:
            yield from (f"{text} (mean)", *(f"{text} (P{n})" for n in (50, 90, 95)))
        if goal.unit == "seconds":
            yield from (f"{text} (<= {bound} s)" for bound in BOUNDS)
            yield f"{text} (> {BOUNDS[-1]} s)"


def cells(found: Mapping[str, Value], names: Iterable[str]) -> Iterable[object]:
    """The cells under :func:`columns`."""
    for name in names:
        value, goal = found.get(name), GOALS[name]
        if goal.unit == "share":
            yield "" if value is None else value.mean
            continue
        yield value.count if value else 0
        if goal.unit in {"seconds", "score"}:
            yield from (value.mean, value.p50, value.p90, value.p95) if value else [""] * 4
        if goal.unit == "seconds":
            yield from value.spread if value else [0] * (len(BOUNDS) + 1)
