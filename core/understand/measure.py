"""How well texts are understood, against lines that people graded (``xiaoer understand eval``)."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from core.understand.understanding import Understanding

Read = Callable[[str], Understanding]
GRADES = 3
IDENTIFIERS = ("order_no", "tracking_no", "phone")


class Graded(msgspec.Struct, frozen=True):
    """A message with the grade people gave it: severity 0..3, and whether it cannot wait (0, 1)."""

    text: str
    severity: int
    urgent: int


class Named(msgspec.Struct, frozen=True):
    """Something that people found in a text."""

    type: str
    value: str


class Marked(msgspec.Struct, frozen=True):
    """A text with everything that should be found in it."""

    text: str
    entities: list[Named]


class Score(msgspec.Struct, frozen=True):
    """Precision, recall, their harmonic mean, and the share of all lines that were flagged."""

    p: float
    r: float
    f1: float
    flagged: float


class Counts(msgspec.Struct):
    """Flags that were right, flags in all, and what there was to find."""

    right: int = 0
    flags: int = 0
    gold: int = 0

    def score(self, lines: int) -> Score:
        """The ratios; where nothing was flagged or to be found, nothing was done wrong."""
        p = self.right / self.flags if self.flags else 1.0
        r = self.right / self.gold if self.gold else 1.0
        f1 = 2 * p * r / (p + r) if p + r else 0.0
        share = self.flags / lines if lines else 0.0
        return Score(*(round(ratio, 4) for ratio in (p, r, f1, share)))


def grade(understanding: Understanding) -> int:
    """The mark ``severity`` (0..1) as a grade of thirds, 0..3."""
    return round(understanding.marks.get("severity", 0.0) * GRADES)


def messages(rows: Sequence[Graded], read: Read) -> dict[str, object]:
    """Scores of severity and urgency, and the milliseconds a text took."""
    counts = {f"severity{n}": Counts() for n in range(1, GRADES + 1)} | {"urgent": Counts()}
    times: list[float] = []
    for row in rows:
        began = time.perf_counter()
        heard = read(row.text)
        times.append((time.perf_counter() - began) * 1000)
        found = grade(heard)
        for n in range(1, GRADES + 1):
            _count(counts[f"severity{n}"], flagged=found >= n, gold=row.severity >= n)
        urgent = heard.marks.get("urgent", 0.0) >= 0.5
        _count(counts["urgent"], flagged=urgent, gold=bool(row.urgent))
    scores = {name: msgspec.to_builtins(count.score(len(rows))) for name, count in counts.items()}
    return {
        "n": len(rows),
        **scores,
        "p50_ms": percentile(times, 0.5),
        "p99_ms": percentile(times, 0.99),
    }


def entities(rows: Sequence[Marked], read: Read) -> dict[str, object]:
    """Scores of the types that the lines name; a value told twice counts twice."""
    types = set(IDENTIFIERS) | {named.type for row in rows for named in row.entities}
    counts = {kind: Counts() for kind in sorted(types)}
    for row in rows:
        gold = Counter((named.type, named.value) for named in row.entities)
        found = Counter((e.type, e.value) for e in read(row.text).entities if e.type in types)
        for bag, name in ((gold & found, "right"), (found, "flags"), (gold, "gold")):
            for (kind, _value), times in bag.items():
                setattr(counts[kind], name, getattr(counts[kind], name) + times)
    return {"n": len(rows), **_ratios(counts.values()), "by_type": _by_type(counts)}


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that is not exceeded by ``share`` of all; 0 of none."""
    ordered = sorted(values)
    return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)], 4) if ordered else 0.0


def _count(counts: Counts, *, flagged: bool, gold: bool) -> None:
    counts.right += flagged and gold
    counts.flags += flagged
    counts.gold += gold


def _by_type(counts: dict[str, Counts]) -> dict[str, dict[str, float]]:
    return {
        kind: {"n": count.gold, **_ratios([count])}
        for kind, count in counts.items()
        if count.gold or count.flags
    }


def _ratios(counts: Iterable[Counts]) -> dict[str, float]:
    total = Counts()
    for count in counts:
        total.right += count.right
        total.flags += count.flags
        total.gold += count.gold
    score = total.score(1)
    return {"precision": score.p, "recall": score.r, "f1": score.f1}
