"""``python3 dev.py train-faq``: learn the turn of the encoder and the weights of the FAQ's fusion.

Only text that ships is learned from: the subjects (``plugins/faq/subjects.toml``), the shop's own
entries and the development questions in ``tests/data/faq`` (never ``*_held_out`` or
``questions_b``). Every wording is asked with itself left out, one in four with its entry taken
away, and with a turn that has not seen it.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plugins.faq.dense import Meaning, Turn
from plugins.faq.encoder import PackagedEncoder, Remembering, load_use
from plugins.faq.files import read
from plugins.faq.ladder import Ladder, survey, usual_subjects
from plugins.faq.layout import Floats
from plugins.faq.matcher import Topic
from plugins.faq.segment import VIEWS, Asked
from plugins.faq.store import topic_of
from plugins.faq.terms import flatten

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data" / "faq"
SEED, FOLDS, SIZE, SHRINK = 20261122, 4, 256, 1.0
TAKEN, UNLINKED, NATURAL = 0.25, 0.3, 2.0
OUTSIDE = 0.15  # out-of-scope questions for each one in scope, as shops meet them
WANTED = (0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99)
Array = NDArray[np.float64]


@dataclass(slots=True)
class Lesson:
    """Questions as the fusion sees them: signs of entries, of others, the right entry, a weight."""

    signs: list[Floats]
    others: list[Floats]
    right: list[int]  # the number of entries stands for "none"
    weight: list[float]


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


def lessons(source: Remembering, topics: list[Topic], rng: np.random.Generator) -> Lesson:
    """Every wording asked with itself left out, by a turn that has not seen it."""
    subjects = usual_subjects()
    rows = [(number, text) for number, s in enumerate(subjects) for text in s.questions]
    fold = rng.integers(0, FOLDS, len(rows))
    vectors = source.encode([text for _, text in rows])
    group = np.array([number for number, _ in rows])
    lesson = Lesson([], [], [], [])
    outside = [row for row in queries("paraphrases_dev", "questions_a") if row["gold"] is None]
    for part in range(FOLDS):
        seen = fold != part
        turn = learn_turn(vectors[seen], group[seen])
        pupil = Pupil(Meaning(source, turn, {}), topics, rng, lesson)
        for at in np.flatnonzero(fold == part):
            number, text = rows[at]
            if text != subjects[number].entry_id:
                pupil.wording(text, number, int(at))
        for row in outside[part::FOLDS]:
            pupil.foreign(str(row["query"]))
    return lesson


class Pupil:
    """Asks, and notes what the fusion would see."""

    def __init__(
        self, meaning: Meaning, topics: list[Topic], rng: np.random.Generator, lesson: Lesson
    ) -> None:
        self._full, self._bare = Ladder(meaning), Ladder(meaning, subjects=[])
        self._full.learn(topics)
        self._bare.learn(topics)
        self._meaning, self._rng, self._lesson = meaning, rng, lesson
        segment = self._full.index.segments[0]
        self._free = ~segment.covered
        self._entry = {int(subject): at for at, subject in enumerate(segment.link) if subject >= 0}
        self._natural = {
            flatten(str(r["query"])) for r in queries("paraphrases_dev", "questions_a")
        }

    def wording(self, text: str, subject: int, row: int) -> None:
        """Ask a wording of a subject, which may or may not be an entry's."""
        free, entry = self._free.copy(), self._entry.get(subject)
        taken = entry is not None and self._rng.random() < TAKEN
        if entry is None or taken:
            free[subject] = self._rng.random() < 0.5  # so that unknown subjects are met, too
        signs, others = self._ask(text, row, free)
        if taken:
            signs[entry] = -1
        right = len(signs) if entry is None or taken else entry
        self._note(signs, others, right, NATURAL if flatten(text) in self._natural else 1.0)

    def foreign(self, text: str) -> None:
        """Ask what no entry answers."""
        signs, others = self._ask(text, -1, self._free)
        self._note(signs, others, len(signs), NATURAL)

    def _ask(self, text: str, row: int, free: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        vector = self._meaning.of([text])[0]
        asked = Asked(self._full.index.rarity.read(text), vector, row)
        signs, others = survey(self._full.index, asked, free)
        plain, _ = survey(self._bare.index, replace(asked, hidden=-1), np.zeros(0, np.bool_))
        alone = self._rng.random(len(signs)) < UNLINKED
        return np.where(alone[:, None], plain, signs), others

    def _note(self, signs: Floats, others: Floats, right: int, weight: float) -> None:
        self._lesson.signs.append(signs)
        self._lesson.others.append(others)
        self._lesson.right.append(right)
        self._lesson.weight.append(weight)


def fit(lesson: Lesson, spaces: int) -> dict[str, object]:
    """The weights that make the right entry likeliest, and what their probabilities are worth."""
    signs = np.stack(lesson.signs)[..., : VIEWS * spaces].astype(np.float64)
    others = np.stack(lesson.others)[..., : 2 * spaces].astype(np.float64)
    others = np.concatenate((np.ones((len(others), 1)), others), axis=1)
    right, weight = np.array(lesson.right), np.array(lesson.weight) / sum(lesson.weight)
    width, at = signs.shape[-1], np.arange(len(right))
    found = np.zeros(width + others.shape[1])
    first = second = np.zeros_like(found)
    for step in range(1, 1501):
        slope = chances(signs, others, found)
        slope[at, right] -= 1
        slope *= weight[:, None]
        grad = np.concatenate((np.einsum("qe,qek->k", slope[:, :-1], signs), slope[:, -1] @ others))
        grad += 1e-4 * found
        first, second = 0.9 * first + 0.1 * grad, 0.999 * second + 0.001 * grad**2
        found = found - 0.05 * (first / (1 - 0.9**step)) / (
            np.sqrt(second / (1 - 0.999**step)) + 1e-8
        )
    table = chances(signs, others, found)
    return {
        "entry": [round(float(w), 4) for w in found[:width]],
        "none": [round(float(w), 4) for w in found[width:]],
        **worth(table, right, weight),
    }


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


def main() -> int:
    """Learn, and write ``meaning.npz`` and ``weights.json``."""
    source = Remembering(PackagedEncoder("use", load_use), 100_000)
    rng = np.random.default_rng(SEED)
    topics = [topic_of(entry) for entry in read(DATA / "shop_faq.yaml")]
    lesson = lessons(source, topics, rng)
    table = {
        "recipe": {
            "seed": SEED,
            "folds": FOLDS,
            "size": SIZE,
            "shrink": SHRINK,
            "encoder": source.name,
        },
        "terms": fit(lesson, 1),
        "meaning": fit(lesson, 2),
    }
    folder = ROOT / "plugins" / "faq"
    text = json.dumps(table, ensure_ascii=False, indent=1)
    (folder / "weights.json").write_text(text + "\n", encoding="utf-8")
    subjects = usual_subjects()
    texts = [text for subject in subjects for text in subject.questions]
    group = np.repeat(np.arange(len(subjects)), [len(s.questions) for s in subjects])
    vectors = source.encode(texts)
    turn = learn_turn(vectors, group)
    np.savez_compressed(
        folder / "meaning.npz",
        encoder=np.array(source.name),
        mean=turn.mean,
        turn=turn.turn.astype(np.float16),
        texts=np.array(texts),
        vectors=turn(vectors).astype(np.float16),
    )
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
