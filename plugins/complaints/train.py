"""Make ``scales.tsv`` from the sentences of ``training/``: ``python -m plugins.complaints.train``.

``messages.txt`` holds single sentences, ``patterns.txt`` sentences with choices in brackets
(``[a|b|]c``), ``voices.txt`` single sentences in the manners of many people, ``ordinary.txt``
questions of shops that are no complaints. A line ``# 2 1`` grades what follows: severity 2, urgent.
All of it is own work; nothing of a public corpus is in it. ``anything.txt`` is words at random (of
jieba's list, MIT), so that strange texts count as calm. Logistic regression over all sentences at
once, with a penalty on large weights; the same text gives the same file.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.understand.normalise import normalise
from plugins.complaints.scales import FILE, HEADS, UNIT, grams

HERE = Path(__file__).parent
# By file: the most sentences of a line, and what one weighs.
SOURCES = {
    "messages.txt": (1, 3),
    "voices.txt": (1, 3),
    "patterns.txt": (30, 1),
    "ordinary.txt": (1, 3),
    "anything.txt": (1, 1),
}
STEPS, RATE = 200, 0.3
LATE = 0.7  # of the steps, after which they are a third as long
PENALTY = 0.1  # on the square of a weight
FAINT = 2  # units up to which a weight is not worth a line
OFTEN = 3  # sentences a gram must stand in
SEED = 20261121
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """A sparse table, a row a sentence: the column and the value of each cell, row after row."""

    column: NDArray[np.int64]
    value: Array
    row: NDArray[np.int64]
    rows: int

    def times(self, weights: Array) -> Array:
        """A weighted sum for each row."""
        return np.bincount(self.row, self.value * weights[self.column], self.rows).astype(float)

    def back(self, misses: Array, columns: int) -> Array:
        """What each column has to do with what each row missed."""
        return np.bincount(self.column, self.value * misses[self.row], columns).astype(float)


_CHOICE = re.compile(r"\[(.*?)\]")


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence with its grade."""

    text: str
    severity: int
    urgent: int
    weight: int

    @property
    def truth(self) -> tuple[bool, ...]:
        """What each head should say."""
        return (self.severity >= 1, self.severity >= 2, self.severity >= 3, bool(self.urgent))


def samples(folder: Path = HERE / "training") -> list[Sample]:
    """All sentences, each once, in a fixed order."""
    chance = random.Random(SEED)
    found: dict[str, Sample] = {}
    for name, (most, weight) in SOURCES.items():
        severity = urgent = 0
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                severity, urgent = map(int, line[1:].split())
                continue
            for text in spread(line.strip(), chance, most):
                found.setdefault(text, Sample(text, severity, urgent, weight))
    found.pop("", None)
    return list(found.values())


def spread(line: str, chance: random.Random, most: int) -> Iterator[str]:
    """Up to ``most`` different sentences of a line with choices."""
    pieces = _CHOICE.split(line)
    made: set[str] = set()
    for _ in range(3 * most if len(pieces) > 1 else 1):
        choices = (p if n % 2 == 0 else chance.choice(p.split("|")) for n, p in enumerate(pieces))
        text = "".join(choices)
        if text not in made and len(made) < most:
            made.add(text)
            yield text


def train(rows: list[Sample]) -> dict[str, list[float]]:
    """Weights of all heads by gram; the empty gram holds the biases."""
    texts = [sorted(grams(normalise(row.text))) for row in rows]
    seen = Counter(gram for text in texts for gram in text)
    rare = {g: (log(len(texts) / count) + 1) / 6 for g, count in seen.items() if count >= OFTEN}
    names = sorted(rare)
    table = _table(texts, names, rare)
    weight = np.array([row.weight for row in rows], np.float64)
    truths = np.array([row.truth for row in rows], np.float64)
    heads = [_head(table, truths[:, head], weight, len(names)) for head in range(len(HEADS))]
    scale = np.array([*(rare[name] for name in names), 1.0])
    kept = np.stack(heads, axis=1) * scale[:, None]
    return {name: kept[at].tolist() for at, name in [(-1, ""), *enumerate(names)]}


def _table(texts: list[list[str]], names: list[str], rare: dict[str, float]) -> Table:
    """The share of each gram in each text, by how rare it is."""
    number = {name: at for at, name in enumerate(names)}
    cells = [
        (row, number[gram], rare[gram] / sqrt(len(text)))
        for row, text in enumerate(texts)
        for gram in text
        if gram in number
    ]
    row, column, value = zip(*cells, strict=True)
    return Table(np.array(column), np.array(value), np.array(row), len(texts))


def _head(table: Table, truth: Array, weight: Array, columns: int) -> Array:
    """One logistic regression by Adam, its bias last.

    The rarer class weighs more, but not as much as the other in all: at equal weight one threat
    outweighed twenty questions, and what was new counted as a threat.
    """
    share = float(truth.mean())
    heft = weight * np.sqrt(0.5 / np.where(truth > 0, share, 1 - share))
    found = np.zeros(columns + 1)
    first = second = np.zeros_like(found)
    for step in range(1, STEPS + 1):
        odds = table.times(found[:-1]) + found[-1]
        misses = heft * (1 / (1 + np.exp(-odds)) - truth)
        slope = table.back(misses, columns) + PENALTY * found[:-1]
        slope = np.append(slope, misses.sum())
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        rate = RATE * (1 if step <= LATE * STEPS else 0.3)
        found -= rate * first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return found


def main() -> None:
    """Train and write the file beside this one."""
    rows = samples()
    weights = train(rows)
    whole = {gram: [round(weight * UNIT) for weight in kept] for gram, kept in weights.items()}
    lines = [
        "\t".join([gram, *map(str, kept)])
        for gram, kept in whole.items()
        if max(map(abs, kept)) > FAINT
    ]
    (HERE / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(rows), len(lines))  # noqa: T201 - a command


if __name__ == "__main__":
    main()
