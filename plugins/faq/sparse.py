"""The space of terms: texts as weighted characters, pairs and ideas; an inverted index."""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from plugins.faq.layout import Floats, Layout
from plugins.faq.terms import Lexicon, Terms, kind_of, terms

BACKGROUND = 0.2  # what a text that is no standard question counts in a term's commonness
Reader = Callable[[str], Terms]  # from a text to its weighed terms


class Rarity:
    """How much a term says: the rarer over all texts, the more."""

    def __init__(self, questions: Iterable[str], others: Iterable[str], lexicon: Lexicon) -> None:
        """Count the terms of standard questions, and of other texts with less weight."""
        self._lexicon = lexicon
        spread: Counter[str] = Counter()
        rest: Counter[str] = Counter()
        count = 0
        for count, text in enumerate(questions, 1):  # noqa: B007 - the last one is how many
            spread.update(terms(text, lexicon))
        for text in others:
            rest.update(terms(text, lexicon))
        whole = 2 * max(count, 1)
        self._top = math.log(1 + whole / 0.5)
        self._of = {
            term: kind_of(term)
            * math.log(1 + whole / (spread[term] + BACKGROUND * rest[term] + 0.5))
            for term in spread.keys() | rest.keys()
        }

    def known(self, term: str) -> bool:
        """Whether any text has it."""
        return term in self._of

    def read(self, text: str) -> Terms:
        """The terms of a text with their weights, together of length 1."""
        found, known = terms(text, self._lexicon), self._of
        weighed = {
            term: known[term] if term in known else kind_of(term) * self._top for term in found
        }
        length = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        return {term: weight / length for term, weight in weighed.items()}


class TermIndex:
    """For each term the rows of a layout that have it."""

    def __init__(self, layout: Layout, read: Reader) -> None:
        """Index all rows; in compact arrays, for there may be millions of terms."""
        self._read, self.count = read, len(layout.owner)
        self._vocabulary: dict[str, int] = {}
        self._found = (array("i"), array("i"), array("f"))  # term, row, weight
        self._own = np.array([self._enter(layout, e) for e in range(len(layout))], np.float32)
        term, row, weight = (np.array(column) for column in self._found)
        del self._found
        order = np.argsort(term, kind="stable")
        self._rows, self._weights = row[order], weight[order]
        starts = np.searchsorted(term[order], np.arange(len(self._vocabulary) + 1))
        self._starts = array("q", starts.tolist())

    def _enter(self, layout: Layout, entry: int) -> float:
        """Take in the rows of an entry; returns the length of its centre."""
        centre: Terms = defaultdict(float)
        numbers, rows, weights = self._found
        for row in layout.rows(entry):
            weighed, heft = self._read(layout.text(row)), float(layout.heft[row])
            for term, weight in weighed.items():
                numbers.append(self._vocabulary.setdefault(term, len(self._vocabulary)))
                centre[term] += heft * weight
            weights.extend(weighed.values())
            rows.extend([row] * len(weighed))
        return _length(centre)

    def scores(self, asked: Terms) -> Floats:
        """The likeness of weighed terms to each row: a cosine."""
        known = [(n, w) for t, w in asked.items() if (n := self._vocabulary.get(t)) is not None]
        if not known:
            return np.zeros(self.count, np.float32)
        places = [slice(self._starts[number], self._starts[number + 1]) for number, _ in known]
        rows = np.concatenate([self._rows[place] for place in places])
        weights = np.concatenate([self._weights[place] for place in places])
        sizes = [place.stop - place.start for place in places]
        weights *= np.repeat(np.array([weight for _, weight in known], np.float32), sizes)
        return np.bincount(rows, weights, self.count).astype(np.float32)

    def lengths(self, layout: Layout, guests: Layout, link: Mapping[int, int]) -> Floats:
        """How long each entry's centre is; ``link`` names the guest that some entries have."""
        found = self._own.copy()
        for entry, guest in link.items():
            centre: Terms = defaultdict(float)
            for side, owner in ((layout, entry), (guests, guest)):
                for row in side.rows(owner):
                    for term, weight in self._read(side.text(row)).items():
                        centre[term] += float(side.heft[row]) * weight
            found[entry] = _length(centre)
        return np.maximum(found, 1e-6)


def _length(vector: Mapping[str, float]) -> float:
    return math.sqrt(sum(weight * weight for weight in vector.values()))
