"""The space of terms: texts as weighted characters, pairs and ideas; an inverted index."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from plugins.faq.layout import Floats, Ints, Layout
from plugins.faq.terms import Lexicon, Terms, flatten, terms

BACKGROUND = 0.3  # what a text that is no standard question counts in a term's commonness


class Rarity:
    """How much a term says: the rarer over all texts, the more."""

    def __init__(self, questions: Iterable[Terms], others: Iterable[Terms]) -> None:
        """Count the terms of standard questions, and of other texts with less weight."""
        spread: Counter[str] = Counter()
        count = 0
        for found in questions:
            spread.update(found.keys())
            count += 1
        rest: Counter[str] = Counter()
        for found in others:
            rest.update(found.keys())
        self._top = math.log(1 + 2 * max(count, 1) / 0.5)
        self._of = {
            term: math.log(1 + 2 * max(count, 1) / (spread[term] + BACKGROUND * rest[term] + 0.5))
            for term in spread.keys() | rest.keys()
        }

    def weigh(self, found: Terms) -> Terms:
        """The terms with their weight, together of length 1."""
        weighed = {term: kind * self._of.get(term, self._top) for term, kind in found.items()}
        length = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        return {term: weight / length for term, weight in weighed.items()}


class TermIndex:
    """For each term the rows that have it."""

    def __init__(self, rows: Sequence[Terms], rarity: Rarity) -> None:
        """Index rows of terms."""
        self._vocabulary: dict[str, int] = {}
        numbers: list[int] = []
        weights: list[float] = []
        sizes: list[int] = []
        for found in rows:
            weighed = rarity.weigh(found)
            numbers.extend(self._vocabulary.setdefault(t, len(self._vocabulary)) for t in weighed)
            weights.extend(weighed.values())
            sizes.append(len(weighed))
        self.count = len(rows)
        term = np.array(numbers, np.int32)
        row = np.repeat(np.arange(len(rows), dtype=np.int32), sizes)
        order = np.argsort(term, kind="stable")
        self._rows, self._weights = row[order], np.array(weights, np.float32)[order]
        self._starts = np.searchsorted(term[order], np.arange(len(self._vocabulary) + 1))

    def scores(self, asked: Terms) -> Floats:
        """The likeness of weighed terms to each row: a cosine."""
        found = np.zeros(self.count, np.float32)
        for term, weight in asked.items():
            number = self._vocabulary.get(term)
            if number is not None:
                here = slice(self._starts[number], self._starts[number + 1])
                found[self._rows[here]] += self._weights[here] * np.float32(weight)
        return found

    def lengths(self, layout: Layout, guests: TermIndex, guest_owner: Ints) -> Floats:
        """How long each entry's centre is, with the rows of ``guests`` that belong to it.

        ``guest_owner`` names an entry for each row of ``guests``, or -1.
        """
        mine, theirs = self._cells(), guests._cells()
        names = {term: number for number, term in enumerate(self._vocabulary)}
        map_ = np.array([names.setdefault(t, len(names)) for t in guests._vocabulary], np.int64)
        kept = guest_owner[theirs[0]] >= 0
        owner = np.concatenate((layout.owner[mine[0]], guest_owner[theirs[0]][kept]))
        foreign = map_[theirs[1][kept]] if len(map_) else np.zeros(0, np.int64)
        term = np.concatenate((mine[1], foreign))
        weight = np.concatenate((self._weights * layout.heft[mine[0]], guests._weights[kept]))
        keys = owner * max(len(names), 1) + term
        order = np.argsort(keys, kind="stable")
        keys, weight = keys[order], weight[order]
        starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))[: len(keys)]
        sums = np.add.reduceat(weight, starts) if len(keys) else weight
        entry = keys[starts] // max(len(names), 1)
        square = np.bincount(entry, sums.astype(np.float64) ** 2, len(layout))
        return np.maximum(np.sqrt(square), 1e-6).astype(np.float32)

    def _cells(self) -> tuple[Ints, Ints]:
        """The row and the term of each weight."""
        sizes = np.diff(self._starts)
        return self._rows.astype(np.int64), np.repeat(np.arange(len(sizes)), sizes)


def row_terms(texts: Iterable[str], lexicon: Lexicon) -> list[Terms]:
    """The terms of each text."""
    return [terms(flatten(text), lexicon) for text in texts]
