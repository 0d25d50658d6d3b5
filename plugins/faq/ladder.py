"""The matcher that ships: four generations as one ranked pipeline (S-002..S-006).

Exact and keyword; ideas of the lexicon; weighted terms; meaning. The first decides alone, the
others give signs that :mod:`plugins.faq.fusion` weighs into one probability.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from core.words import words
from plugins.faq.dense import MANY, Meaning
from plugins.faq.fusion import SIGNS, Fusion, fusions
from plugins.faq.layout import Floats, Views
from plugins.faq.matcher import Match, Topic, Verdict
from plugins.faq.segment import VIEWS, Asked, Column, Segment
from plugins.faq.sparse import Rarity
from plugins.faq.terms import Lexicon, flatten, shop_lexicon

BATCH = 256  # texts that are encoded in one go
ENOUGH = 20_000  # entries that tell how rare a term is
FEW = 500  # changed entries that are kept beside the index before it is made anew
Flags = NDArray[np.bool_]
Known = Mapping[str, Floats]


def usual_subjects() -> list[Topic]:
    """What customers of any shop ask, from ``subjects.toml``."""
    table = words("plugins.faq", "subjects.toml")
    return [Topic(question, (question, *wordings)) for question, wordings in table.items()]


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that is known at one moment; never changed, only replaced."""

    rarity: Rarity
    subjects: Column
    keys: tuple[Asked, ...]
    segments: tuple[Segment, ...] = ()
    exact: tuple[dict[str, str], ...] = ()
    gone: frozenset[str] = frozenset()  # of the first segment: changed or taken away since
    meaning: Meaning | None = None


class Ladder:
    """Answers from an index; ``meaning`` may come later, until then terms decide alone."""

    def __init__(
        self,
        meaning: Meaning | None = None,
        lexicon: Lexicon | None = None,
        subjects: Sequence[Topic] | None = None,
    ) -> None:
        """Know nothing yet; ``lexicon`` and ``subjects`` are the usual ones unless given."""
        self._lexicon = lexicon or shop_lexicon()
        self._subjects = usual_subjects() if subjects is None else list(subjects)
        self._topics: dict[str, Topic] = {}
        self._fresh: dict[str, Topic] = {}
        self.index = self._empty(())
        if meaning is not None:
            self.understand(meaning)

    # -- learning ---------------------------------------------------------------------------------

    def learn(self, topics: Sequence[Topic]) -> None:
        """Forget everything and know these."""
        meaning, known = self.index.meaning, self._remembered()
        index = self._empty(topics)
        index = self._with(index, meaning) if meaning else index
        self._topics, self._fresh = {topic.entry_id: topic for topic in topics}, {}
        column = self._column(topics, index, known)
        segment = Segment(column, index.subjects, index.keys)
        self.index = replace(index, segments=(segment,), exact=(_exact(topics),))

    def change(self, topics: Sequence[Topic], gone: Sequence[str] = ()) -> None:
        """Know these as well or anew, and forget those; fast when they are few."""
        for topic in topics:
            self._topics[topic.entry_id] = self._fresh[topic.entry_id] = topic
        for entry_id in gone:
            self._topics.pop(entry_id, None)
            self._fresh.pop(entry_id, None)
        if len(self._fresh) > FEW or not self.index.segments:
            self.learn(list(self._topics.values()))
            return
        index, fresh = self.index, list(self._fresh.values())
        column = self._column(fresh, index, self._remembered(1))
        hidden = index.gone | set(gone) | self._fresh.keys()
        segments = (index.segments[0], Segment(column, index.subjects, index.keys))
        exact = (index.exact[0], _exact(fresh))
        self.index = replace(index, segments=segments, exact=exact, gone=frozenset(hidden))

    def understand(self, meaning: Meaning, known: Known | None = None) -> None:
        """Use meaning from now on; encodes what is not ``known``: call it off the event loop."""
        index = self._with(self.index, meaning)
        columns = [s.column.understand(meaning, known or {}) for s in index.segments]
        segments = tuple(Segment(column, index.subjects, index.keys) for column in columns)
        self.index = replace(index, segments=segments)

    def unread(self) -> Iterator[list[str]]:
        """All texts that have a meaning to find, in batches."""
        answers = len(self._topics) <= MANY
        texts = [
            text
            for topic in self._topics.values()
            for text in (*topic.questions, *topic.keywords, *((topic.answer,) if answers else ()))
        ]
        for at in range(0, len(texts), BATCH):
            yield texts[at : at + BATCH]

    def _empty(self, topics: Sequence[Topic]) -> Index:
        """An index of no entries whose terms are as rare as they are among ``topics``."""
        some = topics[:: len(topics) // ENOUGH + 1]
        rest = (text for topic in some for text in (*topic.questions[1:], topic.answer))
        usual = (text for topic in self._subjects for text in topic.questions)
        questions = (topic.questions[0] for topic in some)
        rarity = Rarity(questions, chain(rest, usual), self._lexicon)
        subjects = Column(self._subjects, rarity)
        keys = tuple(Asked(rarity.read(subject.entry_id)) for subject in self._subjects)
        return Index(rarity, subjects, keys)

    def _with(self, index: Index, meaning: Meaning) -> Index:
        subjects = index.subjects.understand(meaning, {})
        vectors = meaning.of([topic.entry_id for topic in self._subjects])
        keys = tuple(replace(k, vector=v) for k, v in zip(index.keys, vectors, strict=True))
        return replace(index, subjects=subjects, keys=keys, meaning=meaning)

    def _column(self, topics: Sequence[Topic], index: Index, known: Known) -> Column:
        column = Column(topics, index.rarity)
        return column.understand(index.meaning, known) if index.meaning else column

    def _remembered(self, since: int = 0) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        for segment in self.index.segments[since:]:
            if segment.column.meaning is not None:
                found |= segment.column.meaning.remembered(segment.column.layout)
        return found

    # -- answering --------------------------------------------------------------------------------

    @property
    def fusion(self) -> Fusion:
        """The weights that fit what is known now."""
        return fusions()[1 if self.index.meaning else 0]

    def judge(self, text: str, limit: int) -> Verdict:
        """The best entries, and how likely none is meant."""
        index, flat = self.index, flatten(text)
        for table in reversed(index.exact):
            entry_id = table.get(flat)
            if entry_id and (table is not index.exact[0] or entry_id not in index.gone):
                return Verdict([Match(entry_id, 1.0, {"exact": flat})], 0.0)
        if not flat or not index.segments:
            return Verdict([])
        vector = index.meaning.of([text])[0] if index.meaning else None
        asked = Asked(index.rarity.read(text), vector)
        signs, others = survey(index, asked)
        return self._rank(signs, others, limit)

    def _rank(self, signs: Floats, others: Floats, limit: int) -> Verdict:
        index = self.index
        chances, none = self.fusion.probabilities(signs, others)
        ids = [entry_id for segment in index.segments for entry_id in segment.column.layout.ids]
        spare = limit + len(index.gone)
        best = np.argpartition(-chances, spare)[:spare] if spare < len(ids) else range(len(ids))
        old = len(index.segments[0].column.layout)
        ranked = sorted((int(at) for at in best), key=lambda at: -float(chances[at]))
        kept = [at for at in ranked if at >= old or ids[at] not in index.gone][:limit]
        return Verdict(
            [Match(ids[at], round(float(chances[at]), 4), _facts(signs[at])) for at in kept], none
        )


def survey(index: Index, asked: Asked, free: Flags | None = None) -> tuple[Floats, Floats]:
    """The signs of all entries, and those of the nearest subject that no entry is about.

    ``free`` names those subjects where they are not to be found out (for training).
    """
    scores = index.subjects.scores(asked)
    layout, guests = index.subjects.layout, list[Views]()
    for row in scores:
        if asked.hidden >= 0:
            row[asked.hidden] = 0
        guests.append(layout.views(row))
    signs = np.concatenate([segment.signs(asked, guests) for segment in index.segments])
    if free is None:
        free = ~np.any([segment.covered for segment in index.segments], axis=0)
    others = [sign for views in guests for sign in (views.nearest, views.total / layout.weight)]
    return signs, np.array([_top(sign[free]) for sign in others], np.float32)


def _top(values: Floats) -> float:
    return float(values.max(initial=0.0))


def _exact(topics: Sequence[Topic]) -> dict[str, str]:
    table: dict[str, str] = {}
    for topic in topics:
        for text in (*topic.questions, *topic.keywords):
            table.setdefault(flatten(text), topic.entry_id)
    return table


def _facts(signs: Floats) -> dict[str, float | str]:
    """By name, for ``explain``."""
    spaces = ("terms", "meaning")[: len(signs) // VIEWS]
    names = [f"{space}.{sign}" for space in spaces for sign in SIGNS]
    return {name: round(float(value), 3) for name, value in zip(names, signs, strict=True)}
