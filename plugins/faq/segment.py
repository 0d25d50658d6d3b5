"""A part of the knowledge made ready to be asked: its rows in each space, and its subjects.

An entry on a usual subject of shops (``subjects.toml``) understands the wordings of that subject
beside its own. A subject that no entry is about draws its questions away from all entries.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugins.faq.dense import Meaning, VectorIndex
from plugins.faq.layout import Floats, Ints, Layout, Views
from plugins.faq.matcher import Topic
from plugins.faq.sparse import Rarity, TermIndex
from plugins.faq.terms import Terms
from plugins.faq.vectors import Known

LINKED = {False: 0.6, True: 0.72}  # an entry's question so like a subject's is about it
CLEAR = {False: 0.28, True: 0.5}  # less like than this: certainly another subject
VIEWS = 4  # question, answer, nearest, centre


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in each space, and as the encoder gave it (``raw``).

    ``hidden`` is a subject's row to leave out (for training).
    """

    terms: Terms
    vector: Floats | None = None
    raw: Floats | None = None
    hidden: int = -1


class Column:
    """The indices of one layout: of terms always, of meaning once it is known."""

    def __init__(self, topics: Sequence[Topic], rarity: Rarity) -> None:
        self.layout = Layout(topics)
        self.terms = TermIndex(self.layout, rarity.read)
        self.meaning: VectorIndex | None = None

    def understand(self, source: Meaning, known: Known) -> Column:
        """The same with vectors."""
        other = copy.copy(self)
        other.meaning = VectorIndex(self.layout, source, known)
        return other

    def views(self, asked: Asked, hidden: int = -1) -> list[Views]:
        """How alike each entry is, without the ``hidden`` row, in each space both sides have."""
        found = [self.layout.views(self.terms.scores(asked.terms), hidden)]
        if self.meaning is not None and asked.vector is not None:
            found.append(self.meaning.views(asked.vector, hidden))
        return found


class Segment:
    """Entries with the subjects they are about."""

    def __init__(self, column: Column, subjects: Column, keys: Sequence[Asked]) -> None:
        """``keys`` are the subjects' standard questions as :class:`Asked`."""
        self.column, self._subjects = column, subjects
        dense = column.meaning is not None
        likeness, best = self._nearest(keys, dense=dense)
        self.covered: NDArray[np.bool_] = likeness >= CLEAR[dense]
        self.link: Ints = np.full(len(column.layout), -1, np.int64)
        for subject in np.argsort(likeness):  # the most alike is written last and stays
            if likeness[subject] >= LINKED[dense]:
                self.link[best[subject]] = subject
        self.linked: Ints = np.flatnonzero(self.link >= 0)
        self._lengths = self._measure()

    def _nearest(self, keys: Sequence[Asked], *, dense: bool) -> tuple[Floats, Ints]:
        """For each subject the likeness of the entry nearest to it, and its number."""
        likeness, best = np.zeros(len(keys), np.float32), np.zeros(len(keys), np.int64)
        if len(self.column.layout):
            for number, key in enumerate(keys):
                question = self.column.views(key)[1 if dense else 0].question
                best[number] = int(np.argmax(question))
                likeness[number] = question[best[number]]
        return likeness, best

    def _measure(self) -> list[Floats]:
        if not len(self.column.layout):
            return [np.ones(0, np.float32)] * 2
        mine, guests = self.column, self._subjects
        link = {int(entry): int(self.link[entry]) for entry in self.linked}
        found = [mine.terms.lengths(mine.layout, guests.layout, link)]
        if mine.meaning is not None and guests.meaning is not None:
            found.append(mine.meaning.lengths(guests.meaning, link))
        return found

    def signs(self, asked: Asked, guests: list[Views], evidence: Floats | None) -> Floats:
        """Four signs an entry and space: like its question, answer, nearest wording and centre.

        With meaning one more: the evidence that the question is about the entry's subject. The
        last tells whether the entry has a subject.
        """
        signs: list[Floats] = []
        linked, link = self.linked, self.link[self.linked]
        spaces = zip(self.column.views(asked), guests, self._lengths, strict=False)
        for views, guest, lengths in spaces:
            nearest, total, length = views.nearest.copy(), views.total.copy(), lengths
            nearest[linked] = np.maximum(nearest[linked], guest.nearest[link])
            total[linked] += guest.total[link]
            if asked.hidden >= 0 and (home := np.flatnonzero(link == self._home(asked))).size:
                entry, length = linked[home[0]], lengths.copy()
                square = (
                    lengths[entry] ** 2 - 2 * total[entry] - 1
                )  # (c - q)(c - q), q out of total
                length[entry] = np.sqrt(max(square, 1e-3))
            signs += [views.question, views.answer, nearest, total / length]
        if evidence is not None:
            subject = np.zeros(len(self.column.layout), np.float32)
            subject[linked] = evidence[link]
            signs.append(subject)
        signs.append((self.link >= 0).astype(np.float32))
        return np.stack(signs, axis=1)

    def _home(self, asked: Asked) -> int:
        return int(self._subjects.layout.owner[asked.hidden])
