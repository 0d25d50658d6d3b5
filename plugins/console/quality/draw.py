"""Drawing a sample that anybody can draw again: chance with a recorded seed, nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from random import Random
from typing import NamedTuple


class Closing(NamedTuple):
    """One closed conversation: the journal's entry, and how much likelier than 1 it is drawn."""

    entry: int
    conversation: int
    agent: str
    weight: int


def drawn(pool: Iterable[Closing], many: int, seed: str) -> list[int]:
    """The closings of the sample, ``many`` of each agent at most, in their own order.

    Weighted and without putting back: each gets a mark of chance to the power of 1 / weight, and
    the highest marks win (Efraimidis and Spirakis, 2006).
    """
    chance = Random(seed)  # repeatable on purpose: only the seed is a secret before the draw
    marks = {each: chance.random() ** (1 / each.weight) for each in sorted(set(pool))}
    taken: Counter[str] = Counter()
    found: list[int] = []
    for each in sorted(marks, key=lambda one: (-marks[one], one)):
        if taken[each.agent] < many:
            taken[each.agent] += 1
            found.append(each.entry)
    return sorted(found)
