"""Make ``scales.tsv`` from the sentences of ``training/``: ``python -m plugins.complaints.train``.

``messages.txt`` holds single sentences, ``patterns.txt`` sentences with choices in brackets
(``[a|b|]c``), ``ordinary.txt`` questions of shops that are no complaints. A line ``# 2 1`` grades
what follows: severity 2, urgent. All of it is own work; nothing of a public corpus is in it.
``anything.txt`` is words at random (of jieba's list, MIT), so that strange texts count as calm.
Logistic regression by stochastic gradient descent with AdaGrad; the same text gives the same file.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log, sqrt
from pathlib import Path

from core.understand.normalise import normalise
from plugins.complaints.scales import FILE, HEADS, UNIT, grams

HERE = Path(__file__).parent
# By file: the most sentences of a line, and what one weighs.
SOURCES = {
    "messages.txt": (1, 3),
    "patterns.txt": (30, 1),
    "ordinary.txt": (1, 1),
    "anything.txt": (1, 1),
}
EPOCHS = 12
RATE = 0.8
SHRINK = 2e-5  # weight decay a step
OFTEN = 3  # sentences a gram must stand in
SEED = 20261121


@dataclass(frozen=True, slots=True)
class Bag:
    """A sentence's grams, the share of each, and what the sentence weighs."""

    grams: list[str]
    share: float
    weight: int


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
    rare = {
        gram: (log(len(texts) / count) + 1) / 6 for gram, count in seen.items() if count >= OFTEN
    }
    bags = [
        Bag([gram for gram in text if gram in rare], 1 / sqrt(len(text)), row.weight)
        for row, text in zip(rows, texts, strict=True)
    ]
    columns = [_head([row.truth[head] for row in rows], bags, rare) for head in range(len(HEADS))]
    return {gram: [column[gram] for column in columns] for gram in ["", *sorted(rare)]}


def _head(truths: list[bool], bags: list[Bag], rare: dict[str, float]) -> dict[str, float]:
    """One logistic regression; the rarer class weighs more, but not as much as the other in all.

    At equal weight one threat outweighed twenty questions, and what was new counted as a threat.
    """
    share = sum(truths) / len(truths)
    weighs = {True: sqrt(0.5 / share), False: sqrt(0.5 / (1 - share))}
    weights = dict.fromkeys(["", *rare], 0.0)
    slopes = dict.fromkeys(weights, 1e-8)
    order = list(range(len(bags)))
    chance = random.Random(SEED)
    for _ in range(EPOCHS):
        chance.shuffle(order)
        for index in order:
            bag, truth = bags[index], truths[index]
            score = weights[""] + bag.share * sum(weights[g] * rare[g] for g in bag.grams)
            miss = bag.weight * weighs[truth] * (1 / (1 + exp(-score)) - truth)
            _step(weights, slopes, "", miss)
            for gram in bag.grams:
                _step(weights, slopes, gram, miss * bag.share * rare[gram])
    return {gram: weight * rare.get(gram, 1.0) for gram, weight in weights.items()}


def _step(weights: dict[str, float], slopes: dict[str, float], gram: str, slope: float) -> None:
    slopes[gram] += slope * slope
    old = weights[gram]
    weights[gram] = old - RATE * slope / sqrt(slopes[gram]) - SHRINK * old


def main() -> None:
    """Train and write the file beside this one."""
    rows = samples()
    weights = train(rows)
    lines = [
        "\t".join([gram, *(str(round(weight * UNIT)) for weight in kept)])
        for gram, kept in weights.items()
    ]
    (HERE / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(rows), len(lines))  # noqa: T201 - a command


if __name__ == "__main__":
    main()
