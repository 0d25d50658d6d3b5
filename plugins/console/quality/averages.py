"""Averages of scores by agent and by criterion; erased reviews are in none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from plugins.console.quality.models import Review

SCORED = ("scored", "appealed", "settled")


@dataclass(slots=True)
class Sums:
    """What was scored, added up: count and sum by criterion, and how many reviews."""

    reviews: int = 0
    appeals: int = 0
    scores: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])

    def add(self, row: Review) -> None:
        """One review."""
        self.reviews += 1
        self.appeals += row.appealed_at is not None
        for mark in row.marks:
            if mark["score"] is not None:
                count, total = self.scores.get(mark["name"], (0, 0))
                self.scores[mark["name"]] = count + 1, total + int(mark["score"])

    @property
    def means(self) -> dict[str, float]:
        """By criterion."""
        return {name: round(total / count, 2) for name, (count, total) in self.scores.items()}

    @property
    def mean(self) -> float | None:
        """Of all scores."""
        count = sum(one[0] for one in self.scores.values())
        total = sum(one[1] for one in self.scores.values())
        return round(total / count, 2) if count else None


def added_up(rows: Iterable[Review]) -> dict[str, Sums]:
    """By agent."""
    found: dict[str, Sums] = {}
    for row in rows:
        found.setdefault(row.agent, Sums()).add(row)
    return found


def whole(rows: Iterable[Review]) -> Sums:
    """Of everybody."""
    sums = Sums()
    for row in rows:
        sums.add(row)
    return sums


def criteria(rows: Sequence[Review], now: Iterable[str]) -> Mapping[str, str]:
    """What was scored, in words by name: what is asked ``now`` first, then what once was."""
    texts = {mark["name"]: mark["text"] for row in rows for mark in row.marks}
    order = [name for name in now if name in texts]
    return {name: texts[name] for name in dict.fromkeys([*order, *texts])}
