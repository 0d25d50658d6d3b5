"""From signs to probabilities: learned weights, one more rival named "none of these".

Each entry's worth is a weighted sum of its signs; "none" is worth the more, the more the question
is like subjects that no entry is about. The softmax over all of them is trained to be the
probability that an entry is meant (``python3 dev.py train-faq`` writes ``weights.json``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from plugins.faq.layout import Floats

FILE = "weights.json"
APART = "apart_"  # before the names of weights for other trades
SIGNS = ("question", "answer", "nearest", "centre")


@dataclass(frozen=True, slots=True)
class Fusion:
    """The weights for one set of spaces, and what its probabilities were worth when measured."""

    entry: Floats  # one for each sign of an entry on a usual subject
    alone: Floats  # the same for an entry on no usual subject
    none: Floats  # a constant, then one for each sign of the nearest other subject
    precision: tuple[tuple[float, float], ...]  # (share of right answers wanted, least probability)

    def probabilities(self, signs: Floats, others: Floats) -> tuple[Floats, float]:
        """For each entry, and for none of them; together 1."""
        usual, alone = signs @ self.entry, signs @ self.alone
        worth = np.where(signs[:, -1] > 0, usual, alone + self.alone[-1])
        none = float(self.none[0]) + float(others @ self.none[1:])
        top = max(none, float(worth.max(initial=none)))
        entries, nobody = np.exp(worth - top), float(np.exp(none - top))
        whole = float(entries.sum()) + nobody
        return np.asarray(entries / whole, np.float32), nobody / whole

    def threshold(self, wanted: float) -> float:
        """The least probability at which this share of the answers was right."""
        wants = [want for want, _ in self.precision]
        return float(np.interp(wanted, wants, [least for _, least in self.precision]))


@cache
def fusion_of(*, dense: bool, apart: bool) -> Fusion:
    """The weights that ship: for a question whose meaning is known or not, and for the knowledge.

    ``apart``: of a trade whose entries are on none of the subjects that most shops are asked about.
    """
    table = json.loads(files("plugins.faq").joinpath(FILE).read_text(encoding="utf-8"))
    return _fusion(table[f"{APART if apart else ''}{'meaning' if dense else 'terms'}"])


def _fusion(row: dict[str, list[float] | list[list[float]] | float]) -> Fusion:
    curve: list[Sequence[float]] = row["precision"]  # type: ignore[assignment] # as train-faq wrote it
    entry, alone, none = (np.array(row[name], np.float32) for name in ("entry", "alone", "none"))
    return Fusion(entry, alone, none, tuple((float(want), float(least)) for want, least in curve))
