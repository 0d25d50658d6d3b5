"""The matcher that ships: four generations as one ranked pipeline (S-002..S-006).

Exact and keyword; ideas of the lexicon; weighted terms; meaning. The first decides alone, the
others give signs that :mod:`plugins.faq.fusion` weighs into one probability.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from core.words import words
from plugins.faq.dense import MANY, Meaning
from plugins.faq.encoder import EncoderMissing
from plugins.faq.fusion import SIGNS, fusion_of
from plugins.faq.layout import Floats, Ints
from plugins.faq.matcher import Match, Topic, Verdict
from plugins.faq.segment import CLEAR, VIEWS, Asked, Column, Segment
from plugins.faq.sounds import Sounds
from plugins.faq.sparse import Rarity
from plugins.faq.terms import Lexicon, Terms, flatten, plain, shop_lexicon
from plugins.faq.vectors import Known

BATCH = 256  # texts that are encoded in one go
ENOUGH = 20_000  # entries that tell how rare a term is
GONE = -10.0  # the signs of an entry that is no more: it must not compete with its successor
FEW = 500  # changed entries that are kept beside the index before it is made anew
KNOWN_BY = 20  # entries from which a shop is known by what they are about
USUAL = 0.25  # of them on usual subjects, at least, in a shop of goods
SPACES = ("terms", "meaning")
NEAREST = VIEWS + SIGNS.index("nearest")  # of the signs in the space of meaning
PARTICLES = "".join(words("plugins.faq")["particles"])
Flags = NDArray[np.bool_]
Exact = dict[str, tuple[str, ...]]  # from a flat text to the entries it means


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
    exact: tuple[Exact, ...] = ()
    gone: frozenset[str] = frozenset()  # of the first segment: changed or taken away since
    gone_rows: tuple[int, ...] = ()  # where they are
    meaning: Meaning | None = None
    columns: Ints | None = None  # where the subjects stand in the evidence
    sounds: Sounds | None = None

    def said(self, flat: str) -> Verdict | None:
        """The entries that this means word for word: one, unless they are on other products.

        Particles at the end count only where somebody has written them down.
        """
        for form in (flat, spare(flat)):
            if found := self._word_for_word(form):
                share = round(1 / len(found), 4)
                return Verdict([Match(one, share, {"exact": form}) for one in found], 0.0)
        return None

    def _word_for_word(self, flat: str) -> list[str]:
        found: list[str] = []
        for table in self.exact:
            hidden = self.gone if table is self.exact[0] else frozenset[str]()
            found += [entry_id for entry_id in table.get(flat, ()) if entry_id not in hidden]
        return found

    @property
    def apart(self) -> bool:
        """Whether the entries are on other subjects than those of most shops: another trade's."""
        entries = sum(len(segment.link) for segment in self.segments)
        usual = sum(len(segment.linked) for segment in self.segments)
        return entries >= KNOWN_BY and usual < USUAL * entries

    def id(self, row: int) -> str:
        """The entry whose signs stand in that row."""
        for segment in self.segments:
            if row < len(segment.column.layout):
                return segment.column.layout.ids[row]
            row -= len(segment.column.layout)
        raise IndexError(row)


@cache
def _blank() -> Index:
    """Where every shop begins, with the usual words; made once, it takes a while."""
    return Ladder(lexicon=shop_lexicon(), subjects=usual_subjects()).index


class Ladder:
    """Answers from an index; ``meaning`` may come later, until then terms decide alone."""

    def __init__(
        self,
        meaning: Meaning | None = None,
        lexicon: Lexicon | None = None,
        subjects: Sequence[Topic] | None = None,
    ) -> None:
        """Know nothing yet; ``lexicon`` and ``subjects`` are the usual ones unless given."""
        self._usual = lexicon is None and subjects is None
        self._lexicon = lexicon or shop_lexicon()
        self._subjects = usual_subjects() if subjects is None else list(subjects)
        self.topics: dict[str, Topic] = {}
        self.fresh: dict[str, Topic] = {}
        self._index: Index | None = None
        self._meaning = meaning  # for the first index

    @property
    def index(self) -> Index:
        """What is known; the usual words alone take a while, so they are read when asked for."""
        if self._index is None:
            index = self._empty(())
            self._index = self._with(index, self._meaning, {}) if self._meaning else index
        return self._index

    # -- learning ---------------------------------------------------------------------------------

    def learn(self, topics: Sequence[Topic]) -> None:
        """Forget everything and know these."""
        before = self._index
        meaning, known = (before.meaning, self._remembered()) if before else (self._meaning, {})
        index = self._empty(topics)
        index = self._with(index, meaning, known) if meaning else index
        self.topics, self.fresh = {topic.entry_id: topic for topic in topics}, {}
        column = self._column(topics, index, known)
        segment = Segment(column, index.subjects, index.keys)
        self._index = replace(index, segments=(segment,), exact=(_exact(topics),))

    def change(self, topics: Sequence[Topic], gone: Sequence[str] = ()) -> None:
        """Know these as well or anew, and forget those; fast when they are few."""
        for topic in topics:
            self.topics[topic.entry_id] = self.fresh[topic.entry_id] = topic
        for entry_id in gone:
            self.topics.pop(entry_id, None)
            self.fresh.pop(entry_id, None)
        settled = len(self.index.segments[0].column.layout) if self.index.segments else 0
        if len(self.fresh) >= min(FEW, settled):  # a young shop's first entries say what is rare
            self.learn(list(self.topics.values()))
            return
        index, fresh = self.index, list(self.fresh.values())
        column = self._column(fresh, index, self._remembered(1))
        hidden = index.gone | set(gone) | self.fresh.keys()
        segments = (index.segments[0], Segment(column, index.subjects, index.keys))
        exact = (index.exact[0], _exact(fresh))
        rows = tuple(at for at, i in enumerate(segments[0].column.layout.ids) if i in hidden)
        self._index = replace(
            index, segments=segments, exact=exact, gone=frozenset(hidden), gone_rows=rows
        )

    def fork(self) -> Ladder:
        """Another ladder that knows the same and learns on its own."""
        other = copy.copy(self)
        other.topics, other.fresh = dict(self.topics), dict(self.fresh)
        return other

    def unsure(self) -> Ladder:
        """The same without the first generation: what it would think of its own wordings."""
        other = self.fork()
        other._index = replace(self.index, exact=({},) * len(self.index.exact))  # noqa: SLF001 - its own kind
        return other

    def understand(self, meaning: Meaning, known: Known | None = None) -> None:
        """Use meaning from now on; encodes what is not ``known``: call it off the event loop."""
        index = self._with(self.index, meaning, known or {})
        columns = [s.column.understand(meaning, known or {}) for s in index.segments]
        segments = tuple(Segment(column, index.subjects, index.keys) for column in columns)
        self._index = replace(index, segments=segments)

    @property
    def understood(self) -> bool:
        """Whether meaning is used, and no text lacks its own since the encoder was away."""
        index = self.index
        columns = (index.subjects, *(segment.column for segment in index.segments))
        return all(column.meaning and not column.meaning.missed for column in columns)

    def unread(self) -> Iterator[list[str]]:
        """All texts that have a meaning to find, in batches."""
        answers = len(self.topics) <= MANY
        texts = [
            text
            for topic in (*self._subjects, *self.topics.values())
            for text in (*topic.questions, *topic.keywords, *((topic.answer,) if answers else ()))
        ]
        for at in range(0, len(texts), BATCH):
            yield texts[at : at + BATCH]

    def _empty(self, topics: Sequence[Topic]) -> Index:
        """An index of no entries whose terms are as rare as they are among ``topics``."""
        if self._usual and not topics:
            return _blank()
        some = topics[:: len(topics) // ENOUGH + 1]
        rest = (text for topic in some for text in (*topic.questions[1:], topic.answer))
        usual = (text for topic in self._subjects for text in topic.questions)
        questions = (topic.questions[0] for topic in some)
        rarity = Rarity(questions, chain(rest, usual), self._lexicon)
        subjects = Column(self._subjects, rarity)
        keys = tuple(Asked(rarity.read(subject.entry_id)) for subject in self._subjects)
        spoken = words("plugins.faq")["spoken"]
        sounds = Sounds((*spoken, *self._lexicon.words), rarity.known)
        return Index(rarity, subjects, keys, sounds=sounds)

    def _with(self, index: Index, meaning: Meaning, known: Known) -> Index:
        subjects = index.subjects.understand(meaning, known)
        vectors = meaning.of([topic.entry_id for topic in self._subjects], known, missed=[])
        keys = tuple(replace(k, vector=v) for k, v in zip(index.keys, vectors, strict=True))
        known_by = meaning.evidence
        columns = known_by.columns(subjects.layout.ids) if known_by else None
        return replace(index, subjects=subjects, keys=keys, meaning=meaning, columns=columns)

    def _column(self, topics: Sequence[Topic], index: Index, known: Known) -> Column:
        column = Column(topics, index.rarity)
        return column.understand(index.meaning, known) if index.meaning else column

    def _remembered(self, since: int = 0) -> dict[str, Floats]:
        """The meanings at hand that did not ship, from this segment on."""
        found: dict[str, Floats] = {}
        index = self.index
        shipped = index.meaning.known if index.meaning else frozenset[str]()
        columns = [segment.column for segment in index.segments[since:]]
        for column in (*columns, *((index.subjects,) if not since else ())):
            if column.meaning is not None:
                found |= column.meaning.remembered(shipped)
        return found

    # -- answering --------------------------------------------------------------------------------

    def read(self, texts: Sequence[str]) -> list[Asked]:
        """The texts in each space; without the encoder at this moment, in that of terms."""
        return self._read(self.index, texts)

    def _read(self, index: Index, texts: Sequence[str]) -> list[Asked]:
        terms = [index.rarity.read(text) for text in texts]
        if index.meaning:
            with suppress(EncoderMissing):  # it tells its status itself
                raw = index.meaning.encoder.encode(texts)
                rows = zip(terms, index.meaning.turn(raw), raw, strict=True)
                return [Asked(*row) for row in rows]
        return [Asked(one) for one in terms]

    def judge(self, text: str, limit: int) -> Verdict:
        """The best entries, and how likely none is meant."""
        index, flat = self.index, flatten(text)
        if said := index.said(flat):
            return said
        mended = index.sounds.mend(plain(text)) if index.sounds else text
        if mended != plain(text):
            text, flat = mended, flatten(mended)
            if said := index.said(flat):
                return said
        if len(set(flat)) < 2 or not index.segments:  # nothing, or one character again and again
            return Verdict([])
        asked = self._read(index, [text])[0]
        signs, others = survey(index, asked)
        signs[list(index.gone_rows)] = GONE
        return _rank(index, signs, others, limit, dense=asked.vector is not None)


def _rank(index: Index, signs: Floats, others: Floats, limit: int, *, dense: bool) -> Verdict:
    """The likeliest rows of the index that the signs were taken of."""
    chances, none = fusion_of(dense=dense, apart=index.apart).probabilities(signs, others)
    count = len(chances)
    best = np.argpartition(-chances, limit)[:limit] if limit < count else np.arange(count)
    ranked: list[int] = best[np.argsort(-chances[best], kind="stable")].tolist()
    kept = [at for at in ranked if at not in index.gone_rows]
    facts, names = np.round(signs[kept].astype(float), 3).tolist(), _names(signs.shape[1])
    matches = [
        Match(index.id(at), round(float(chances[at]), 4), dict(zip(names, row, strict=True)))
        for at, row in zip(kept, facts, strict=True)
    ]
    return Verdict(matches, none, dense, index.apart)


def survey(
    index: Index, asked: Asked, free: Flags | None = None, evidence: Floats | None = None
) -> tuple[Floats, Floats]:
    """The signs of all entries, and those of the nearest subject that no entry is about.

    The last is the evidence that something else is meant. ``free`` names those subjects, and
    ``evidence`` tells how surely each subject is meant, where this is not to be found out (for
    training).
    """
    guests = index.subjects.views(asked, asked.hidden)
    if evidence is None and asked.raw is not None:
        evidence = _evidence(index, asked.terms, asked.raw)
    layout = index.subjects.layout
    signs = np.concatenate([segment.signs(asked, guests, evidence) for segment in index.segments])
    if free is None:
        free = ~np.any([segment.covered for segment in index.segments], axis=0)
    others = [sign for views in guests for sign in (views.nearest, views.total / layout.weight)]
    others += [] if evidence is None else [evidence[:-1]]
    found = np.stack(others)[:, free].max(axis=1, initial=0)
    if evidence is not None:
        found = np.append(found, np.float32(0) if _clear(signs) else evidence[-1])
    return signs, found


def _evidence(index: Index, terms: Terms, raw: Floats) -> Floats:
    """How surely each subject is meant, and last something else; 0 for what was not learned."""
    if index.meaning is None or index.meaning.evidence is None or index.columns is None:
        return np.zeros(len(index.subjects.layout) + 1, np.float32)
    return np.append(index.meaning.evidence.of(terms, raw), np.float32(0))[index.columns]


def _clear(signs: Floats) -> bool:
    """Whether an entry on no usual subject is near: then something else is known here."""
    alone = signs[signs[:, -1] <= 0]
    return bool((alone[:, NEAREST] >= CLEAR[True]).any())


def spare(flat: str) -> str:
    """A flat text without the particles at its end."""
    return flat.rstrip(PARTICLES) or flat


def _exact(topics: Sequence[Topic]) -> Exact:
    table: Exact = {}
    for topic in topics:
        forms = [flatten(text) for text in (*topic.questions, *topic.keywords)]
        for flat in {*forms, *map(spare, forms)}:
            table[flat] = (*table.get(flat, ()), topic.entry_id)
    return table


@cache
def _names(count: int) -> list[str]:
    """What the signs are called in ``explain``."""
    spaces = SPACES[: count // VIEWS]
    names = [f"{space}.{sign}" for space in spaces for sign in SIGNS]
    return names + ["subject", "usual"][-(count % VIEWS) :]
