"""``python3 dev.py train-faq``: learn the turn of the encoder and the weights of the FAQ's fusion.

Only text that ships is learned from: the subjects (``plugins/faq/subjects.toml``), the shop's own
entries and the development questions in ``tests/data/faq`` (never ``*_held_out`` or
``questions_b``). Every wording is asked with itself left out, one in four with its entry taken
away, and with a turn and a network that have not seen it. Shops of other trades have weights of
their own, learned from ``tests/data/faq/trades``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plugins.faq.dense import Meaning, Turn
from plugins.faq.encoder import PackagedEncoder, Remembering, load_use
from plugins.faq.evidence import Network, packed, strength
from plugins.faq.files import read
from plugins.faq.fusion import APART
from plugins.faq.ladder import Ladder, survey, usual_subjects
from plugins.faq.layout import Floats, Layout
from plugins.faq.matcher import Topic
from plugins.faq.segment import VIEWS
from plugins.faq.store import topic_of
from plugins.faq.terms import flatten
from tools.faq_evidence import Texts, learn, seen_as, vocabulary
from tools.faq_trades import Trade, trades

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data" / "faq"
SEED, FOLDS, SIZE, SHRINK = 20261122, 4, 256, 1.0
TAKEN, STRANGE, UNLINKED = 0.15, 0.25, 0.3
NATURAL, FOREIGN = 2.0, 6.0  # what a whole question counts, and one that no entry answers
STEPS = 500
FREE, FIRM = 1e-4, 0.03  # what a weight pays for leaving 0, or the weight that others learned
AWAY = -3.0  # the signs of an entry that is taken away
LEARNED = ("paraphrases_dev", "questions_a", "blind_dev")
OUTSIDE = 0.2  # out-of-scope questions for each one in scope, as shops meet them
ALONE = 0.3  # of a question on no usual subject among those in scope, likewise
WANTED = (0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99)
Array = NDArray[np.floating[Any]]


@dataclass(slots=True)
class Lesson:
    """Questions as the fusion sees them: signs of entries, of others, the right entry, a weight."""

    signs: list[Floats]
    others: list[Floats]
    right: list[int]  # the number of entries stands for "none"
    weight: list[float]

    def note(self, signs: Floats, others: Floats, right: int, weight: float) -> None:
        """One more."""
        self.signs.append(signs)
        self.others.append(others)
        self.right.append(right)
        self.weight.append(weight)


def learn_turn(vectors: Floats, group: NDArray[np.int64]) -> Turn:
    """Shrink what varies inside a subject, then keep the directions that tell subjects apart."""
    mean = vectors.mean(0)
    centres = np.stack([vectors[group == one].mean(0) for one in np.unique(group)])
    inside = vectors - centres[np.unique(group, return_inverse=True)[1]]
    spread = inside.T @ inside / len(vectors)
    ridge = SHRINK * np.trace(spread) / len(spread)
    values, axes = np.linalg.eigh(spread + ridge * np.eye(len(spread)))
    white = (axes / np.sqrt(values)) @ axes.T
    apart = (vectors - mean) @ white
    _, kept = np.linalg.eigh(apart.T @ apart)
    return Turn(mean.astype(np.float32), (white @ kept[:, -SIZE:]).astype(np.float32))


def lessons(
    source: Remembering, topics: list[Topic], rng: np.random.Generator
) -> tuple[Lesson, Lesson]:
    """Every wording asked with itself left out, by a turn and weights that have not seen it.

    In each part some subjects are strange: the weights have seen none of their wordings. The second
    lesson is that of other trades.
    """
    school = School(source, topics)
    layout, owner = school.layout, school.owner
    fold = rng.integers(0, FOLDS, len(owner))
    lesson, apart = Lesson([], [], [], []), Lesson([], [], [], [])
    chance = np.random.default_rng(SEED)  # its own: more trades leave all else as it is
    for part in range(FOLDS):
        seen = fold != part
        strange = rng.random(len(layout) + 1) < STRANGE
        strange[-1] = False
        turn = learn_turn(*school.wordings(seen))
        net = school.network(np.flatnonzero(seen & ~strange[owner]), rng)
        evidence, meaning = school.evidence(net, school.texts), Meaning(source, turn, {})
        pupil = Pupil(meaning, topics, rng, lesson)
        for row in np.flatnonzero(~seen):
            if owner[row] == len(layout):
                pupil.foreign(school.texts[row], evidence[row])
            elif row not in layout.first:
                pupil.wording(int(row), evidence[row], strange=bool(strange[owner[row]]))
        for trade in trades(DATA / "trades"):
            visit(trade, meaning, partial(school.evidence, net), chance, apart)
    return lesson, apart


class School:
    """What there is to learn from: the wordings of all subjects, then questions beside them."""

    def __init__(self, source: Remembering, topics: list[Topic]) -> None:
        self.source = source
        self.layout = layout = Layout(usual_subjects())
        known = {flatten(text) for text in layout.wordings}
        asked = [str(row["query"]) for row in queries(*LEARNED) if row["gold"] is None]
        outside = [text for text in asked if flatten(text) not in known]
        self.texts = [*layout.wordings, *outside]
        self.owner = np.concatenate(
            (layout.owner[: len(layout.wordings)], np.full(len(outside), len(layout)))
        )
        ladder = Ladder()
        ladder.learn(topics)
        self._rarity = ladder.index.rarity
        self.known = vocabulary([self._rarity.read(text) for text in self.texts])
        self.vectors = source.encode(self.texts)
        self._seen = self._as_seen(self.texts)

    def wordings(self, some: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.int64]]:
        """The vectors of these wordings of subjects, and their subjects."""
        rows = np.flatnonzero(some & (self.owner < len(self.layout)))
        return self.vectors[rows], self.owner[rows]

    def network(self, rows: NDArray[np.int64], rng: np.random.Generator) -> Network:
        """What these rows teach."""
        many = len(self.known), len(self.layout) + 1
        return learn(self._seen.take(rows), self.owner[rows], many, rng)

    def evidence(self, net: Network, texts: Sequence[str]) -> Floats:
        """The evidence that a network finds in texts."""
        seen = self._as_seen(texts)
        return strength(net.levels(seen.words(net.terms), seen.meaning))

    def _as_seen(self, texts: Sequence[str]) -> Texts:
        terms = [self._rarity.read(text) for text in texts]
        return seen_as(terms, self.source.encode(texts), self.known)


class Pupil:
    """Asks, and notes what the fusion would see."""

    def __init__(
        self, meaning: Meaning, topics: list[Topic], rng: np.random.Generator, lesson: Lesson
    ) -> None:
        self._full, self._bare = Ladder(meaning), Ladder(meaning, subjects=[])
        self._full.learn(topics)
        self._bare.learn(topics)
        self._rng, self._lesson = rng, lesson
        segment, self._layout = self._full.index.segments[0], self._full.index.subjects.layout
        self._free = ~segment.covered
        self._entry = {int(subject): at for at, subject in enumerate(segment.link) if subject >= 0}
        self._natural = {flatten(str(row["query"])) for row in queries(*LEARNED)}

    def wording(self, row: int, evidence: Floats, *, strange: bool) -> None:
        """Ask a wording of a subject, which may or may not be an entry's."""
        text, subject = self._layout.wordings[row], int(self._layout.owner[row])
        free, entry = self._free.copy(), self._entry.get(subject)
        taken = entry is not None and self._rng.random() < (0.5 if strange else TAKEN)
        if entry is None or taken:
            free[subject] = not strange  # unknown subjects are met, too
        signs, others = self._ask(text, row, free, evidence)
        if entry is not None and strange:
            signs[entry] = self._plain[entry]
        if taken:
            signs[entry] = AWAY
        right = len(signs) if entry is None or taken else entry
        self._lesson.note(signs, others, right, NATURAL if flatten(text) in self._natural else 1.0)

    def foreign(self, text: str, evidence: Floats) -> None:
        """Ask what no entry answers."""
        signs, others = self._ask(text, -1, self._free, evidence)
        self._lesson.note(signs, others, len(signs), FOREIGN)

    def _ask(
        self, text: str, row: int, free: NDArray[np.bool_], evidence: Floats
    ) -> tuple[Floats, Floats]:
        asked = replace(self._full.read([text])[0], hidden=row)
        signs, others = survey(self._full.index, asked, free, evidence)
        nothing = np.zeros(1, np.float32)
        bare = replace(asked, hidden=-1)
        self._plain, _ = survey(self._bare.index, bare, np.zeros(0, np.bool_), nothing)
        alone = self._rng.random(len(signs)) < UNLINKED
        return np.where(alone[:, None], self._plain, signs), others


def visit(
    trade: Trade,
    meaning: Meaning,
    evidence_in: Callable[[Sequence[str]], Floats],
    chance: np.random.Generator,
    lesson: Lesson,
) -> None:
    """Ask a shop of another trade all its questions."""
    ladder, texts = Ladder(meaning), [text for text, _ in trade.questions]
    ladder.learn(trade.topics)
    asked = zip(ladder.read(texts), trade.questions, evidence_in(texts), strict=True)
    for one, (_, right), evidence in asked:
        signs, others = survey(ladder.index, one, None, evidence)
        taken = right is not None and chance.random() < TAKEN
        if taken:
            signs[right] = AWAY
        lesson.note(signs, others, len(signs) if right is None or taken else right, 1.0)


def weigh(lesson: Lesson, spaces: int, start: Array | None = None) -> Array:
    """The weights that make the right entry likeliest; few lessons keep near to a ``start``."""
    signs, others = prepared(lesson, spaces)
    right, weight = np.array(lesson.right), np.array(lesson.weight, np.float32)
    weight /= weight.sum()
    width, at = signs.shape[-1], np.arange(len(right))
    found, firm = np.zeros(width + others.shape[1], np.float32), FREE
    if start is not None:
        found, firm = found + start, FIRM
    known, first, second = found.copy(), np.zeros_like(found), np.zeros_like(found)
    for step in range(1, STEPS + 1):
        slope = chances(signs, others, found)
        slope[at, right] -= 1
        slope *= weight[:, None]
        entries = slope[:, :-1].ravel() @ signs.reshape(-1, width)
        grad = np.concatenate((entries, slope[:, -1] @ others)) + firm * (found - known)
        first, second = 0.9 * first + 0.1 * grad, 0.999 * second + 0.001 * grad**2
        found = found - 0.1 * (first / (1 - 0.9**step)) / (
            np.sqrt(second / (1 - 0.999**step)) + 1e-8
        )
        # Being like an entry never speaks against it.
        found[: width - 1] = np.maximum(found[: width - 1], 0)
    return found


def table_of(lesson: Lesson, spaces: int, found: Array, alone: float) -> dict[str, object]:
    """Weights as they are kept, with what their probabilities are worth.

    ``alone`` is what a question on no usual subject counts among those in scope.
    """
    signs, others = prepared(lesson, spaces)
    right, weight = np.array(lesson.right), np.array(lesson.weight, np.float32)
    table, width = chances(signs, others, found), signs.shape[-1]
    half = VIEWS * spaces + spaces - 1
    entry, lone, constant, none = np.split(found, (half, width - 1, width))
    return {
        "entry": [*rounded(entry), 0.0],
        "alone": [*rounded(lone), *[0.0] * (spaces - 1), *rounded(constant)],
        "none": rounded(none),
        **worth(table, right, weight * np.where(_alone(lesson), alone, 1)),
    }


def _alone(lesson: Lesson) -> NDArray[np.bool_]:
    """Whether the right entry is on no usual subject."""
    pairs = zip(lesson.signs, lesson.right, strict=True)
    return np.array([right < len(signs) and signs[right, -1] <= 0 for signs, right in pairs])


def prepared(lesson: Lesson, spaces: int) -> tuple[Floats, Floats]:
    """The signs, apart for entries on a usual subject and for others, and those of none."""
    signs, plain = np.stack(lesson.signs), VIEWS * spaces
    evidence = spaces - 1  # it comes with meaning
    usual = signs[..., -1:] > 0
    parts = (signs[..., : plain + evidence] * usual, signs[..., :plain] * ~usual, ~usual)
    others = np.stack(lesson.others)[..., : 2 * spaces + 2 * evidence]
    constant = np.ones((len(others), 1))
    return (
        np.concatenate(parts, axis=2, dtype=np.float32),
        np.concatenate((constant, others), axis=1, dtype=np.float32),
    )


def rounded(weights: Array) -> list[float]:
    """Short enough to read."""
    return [round(float(weight), 4) for weight in weights]


def chances(signs: Array, others: Array, found: Array) -> Array:
    """The probability of each entry, and of none, for each question."""
    width = signs.shape[-1]
    level = np.concatenate((signs @ found[:width], (others @ found[width:])[:, None]), axis=1)
    level = np.exp(level - level.max(1, keepdims=True))
    return level / level.sum(1, keepdims=True)


def worth(table: Array, right: NDArray[np.int64], weight: Array) -> dict[str, object]:
    """For each precision wanted the least probability that gives it."""
    best, sure = table[:, :-1].argmax(1), table[:, :-1].max(1)
    inside = right < table.shape[1] - 1
    weight = weight * np.where(inside, 1, OUTSIDE * weight[inside].sum() / weight[~inside].sum())
    order = np.argsort(-sure)
    hits = np.cumsum((weight * (best == right))[order]) / np.cumsum(weight[order])
    curve: list[tuple[float, float]] = []
    for wanted in WANTED:
        enough = np.flatnonzero(hits >= wanted)
        curve.append((wanted, round(float(sure[order][enough[-1]]) if enough.size else 1.0, 4)))
    measured = {
        "questions": len(right),
        "in_scope": int(inside.sum()),
        "top1": round(float((best == right)[inside].mean()), 4),
    }
    return {"precision": curve, "left_out": measured}


def queries(*names: str) -> list[dict[str, str | None]]:
    """The questions of these files."""
    lines = [
        line for name in names for line in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    return [json.loads(line) for line in lines]


def bytes_of(rows: Floats) -> NDArray[np.int8]:
    """Rows whose length does not matter, in numbers of one byte."""
    return np.rint(rows * (127 / np.abs(rows).max())).astype(np.int8)


def keep(school: School, rng: np.random.Generator, path: Path) -> None:
    """Write the turn, the vectors of the subjects' wordings in it, and the network."""
    every = np.arange(len(school.texts))
    vectors, owner = school.wordings(every >= 0)
    turn, net = learn_turn(vectors, owner), school.network(every, rng)
    terms, step = packed(net.terms)
    parts = {f"net_{name}": getattr(net, name).astype(np.float16) for name in Network.__slots__}
    np.savez_compressed(
        path,
        encoder=np.array(school.source.name),
        mean=turn.mean,
        turn=turn.turn.astype(np.float16),
        texts=np.array(school.layout.wordings),
        vectors=bytes_of(turn(vectors)),
        subjects=np.array(school.layout.ids),
        terms=np.array(list(school.known)),
        net_step=step,
        allow_pickle=False,
        **{**parts, "net_terms": terms},
    )


def main() -> int:
    """Learn, and write ``meaning.npz`` and ``weights.json``."""
    source = Remembering(PackagedEncoder("use", load_use), 100_000)
    rng = np.random.default_rng(SEED)
    topics = [topic_of(entry) for entry in read(DATA / "shop_faq.yaml")]
    lesson, apart = lessons(source, topics, rng)
    table: dict[str, object] = {
        "recipe": {
            "seed": SEED,
            "folds": FOLDS,
            "size": SIZE,
            "shrink": SHRINK,
            "encoder": source.name,
        },
    }
    for spaces, name in enumerate(("terms", "meaning"), 1):
        found = weigh(lesson, spaces)
        table[name] = table_of(lesson, spaces, found, ALONE)
        table[APART + name] = table_of(apart, spaces, weigh(apart, spaces, found), 1)
    folder = ROOT / "plugins" / "faq"
    text = json.dumps(table, ensure_ascii=False, indent=1)
    (folder / "weights.json").write_text(text + "\n", encoding="utf-8")
    keep(School(source, topics), rng, folder / "meaning.npz")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
