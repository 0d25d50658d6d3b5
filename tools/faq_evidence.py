"""Learning the small network of ``plugins/faq/evidence.py``: plain Adam, by hand, in numpy.

A part of the terms, of meaning and of the hidden cells is left out at random while it learns, so
that it relies on no single word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plugins.faq.evidence import Network
from plugins.faq.layout import Floats, Ints
from plugins.faq.terms import Terms

HIDDEN, ROUNDS, BATCH, RATE, DECAY = 96, 16, 512, 3e-3, 0.05
LEFT_OUT = {"meaning": 0.2, "terms": 0.3, "hidden": 0.3}
LOUD = 4.0  # what a term counts beside a number of meaning
FLOOR = 3  # texts that must have a term before anything is learned of it
Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as the network sees them: rows of meaning, and their terms end to end."""

    meaning: Floats
    edges: Ints  # where the terms of each text begin, and the end
    term: Ints
    weight: Floats

    def take(self, rows: Ints) -> Texts:
        """These rows."""
        count = np.diff(self.edges)[rows]
        edges: Ints = np.concatenate(([0], np.cumsum(count))).astype(np.int64)
        at: Ints = np.repeat(self.edges[rows] - edges[:-1], count) + np.arange(int(edges[-1]))
        return Texts(self.meaning[rows], edges, self.term[at], self.weight[at])

    def words(self, table: Floats) -> Floats:
        """The sum of the rows of ``table`` that the terms of each text name."""
        rows = table[self.term] * self.weight[:, None]
        some = np.flatnonzero(np.diff(self.edges))
        found = np.zeros((len(self.meaning), table.shape[1]), np.float32)
        found[some] = np.add.reduceat(rows, self.edges[some], axis=0)
        return found

    def spread(self, slope: Floats, many: int) -> Floats:
        """What each of the terms takes of a slope by texts: the way back of :meth:`words`."""
        owner = np.repeat(np.arange(len(self.meaning)), np.diff(self.edges))
        order = np.argsort(self.term, kind="stable")
        met, first = np.unique(self.term[order], return_index=True)
        found = np.zeros((many, slope.shape[1]), np.float32)
        rows = slope[owner[order]] * self.weight[order, None]
        found[met] = np.add.reduceat(rows, first, axis=0)
        return found


def vocabulary(texts: Sequence[Terms]) -> dict[str, int]:
    """The terms that enough texts have."""
    spread = Counter(term for text in texts for term in text)
    known = sorted(term for term, many in spread.items() if many >= FLOOR)
    return {term: at for at, term in enumerate(known)}


def seen_as(texts: Sequence[Terms], meaning: Floats, known: dict[str, int]) -> Texts:
    """Texts by their weighed terms and the encoder's vectors, these with a mean of 0."""
    rows = [[(known[t], w) for t, w in text.items() if t in known] for text in texts]
    edges = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
    term = np.array([t for row in rows for t, _ in row], np.int64)
    weight = np.array([w for row in rows for _, w in row], np.float32)
    return Texts(meaning, edges.astype(np.int64), term, weight)


def learn(texts: Texts, right: Ints, many: tuple[int, int], rng: np.random.Generator) -> Network:
    """A network that tells which of the outputs is ``right``; ``many``: terms, outputs."""
    mean = texts.meaning.mean(0)
    size = np.float32((texts.meaning - mean).std())
    mine = Texts((texts.meaning - mean) / size, texts.edges, texts.term, texts.weight * LOUD)
    width = mine.meaning.shape[1]
    parts = [
        _random(rng, width, HIDDEN),
        np.zeros((many[0], HIDDEN), np.float32),
        np.zeros(HIDDEN, np.float32),
        _random(rng, HIDDEN, many[1]),
        np.zeros((width, many[1]), np.float32),
        np.zeros(many[1], np.float32),
    ]
    steps = [(np.zeros_like(part), np.zeros_like(part)) for part in parts]
    batches = ROUNDS * -(-len(right) // BATCH)
    for number, rows in enumerate(_batches(len(right), rng), 1):
        rate = RATE * (1 + np.cos(np.pi * (number - 1) / batches)) / 2
        slopes = _slopes(Network(*parts), mine.take(rows), right[rows], rng)
        for part, slope, past in zip(parts, slopes, steps, strict=True):
            _step(part, slope, past, number, np.float32(rate))
    meaning, terms, bias, out, straight, constant = parts
    meaning, straight = meaning / size, straight / size
    bias, constant = bias - mean @ meaning, constant - mean @ straight
    return Network(meaning, terms * np.float32(LOUD), bias, out, straight, constant)


def _step(
    part: Floats, slope: Floats, past: tuple[Floats, Floats], number: int, rate: np.float32
) -> None:
    """One step of Adam, in place; ``past`` are the means of the slopes and of their squares."""
    first, second = past
    first += 0.1 * (slope - first)
    second += 0.001 * (slope * slope - second)
    way = (first / (1 - 0.9**number)) / (np.sqrt(second / (1 - 0.999**number)) + 1e-8)
    part -= rate * (way + (DECAY * part if part.ndim > 1 else 0))


def _random(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    return (rng.standard_normal((rows, columns)) / np.sqrt(rows)).astype(np.float32)


def _batches(count: int, rng: np.random.Generator) -> Iterator[Ints]:
    for _ in range(ROUNDS):
        order = rng.permutation(count)
        edges = [*range(0, count, BATCH), count]
        yield from (order[one:other] for one, other in pairwise(edges))


def _slopes(net: Network, texts: Texts, right: Ints, rng: np.random.Generator) -> list[Floats]:
    """The slope of the mean surprise by each part of the network, in its order."""
    kept = {name: 1 - share for name, share in LEFT_OUT.items()}
    weight = texts.weight * _mask(rng, texts.weight.shape, kept["terms"])
    texts = Texts(
        texts.meaning * _mask(rng, texts.meaning.shape, kept["meaning"]),
        texts.edges,
        texts.term,
        weight,
    )
    level = texts.meaning @ net.meaning + texts.words(net.terms) + net.bias
    mask = _mask(rng, level.shape, kept["hidden"])
    hidden = np.maximum(level, 0) * mask
    levels = hidden @ net.out + texts.meaning @ net.straight + net.constant
    slope = _softmax(np.asarray(levels, np.float32))
    slope[np.arange(len(right)), right] -= 1
    slope /= np.float32(len(right))
    inner = (slope @ net.out.T) * mask * (level > 0)
    return [
        texts.meaning.T @ inner,
        texts.spread(inner, len(net.terms)),
        inner.sum(0),
        hidden.T @ slope,
        texts.meaning.T @ slope,
        slope.sum(0),
    ]


def _softmax(levels: Floats) -> Floats:
    raised = np.exp(levels - levels.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True), np.float32)


def _mask(rng: np.random.Generator, shape: tuple[int, ...], kept: float) -> Floats:
    return np.asarray((rng.random(shape, dtype=np.float32) < kept) / np.float32(kept), np.float32)
