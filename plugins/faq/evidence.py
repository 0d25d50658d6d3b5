"""What a question is about, judged by all wordings of the usual subjects at once.

Being near one wording says little; what tells a subject's many wordings from those of all others
says much. A small network has learned it (``python3 dev.py train-faq``): from terms and meaning
through one hidden layer to a probability for each subject, and for "something else", which takes
what shops are asked beside their subjects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugins.faq.layout import Floats
from plugins.faq.terms import Terms

SPAN = 8.0  # a probability of exp(-8) or less is no evidence, one of 1 is evidence of 1
STEPS = 127  # of a weight of one byte


def strength(levels: Floats) -> Floats:
    """Outputs as evidence, 0..1: by the logarithm of the softmax along the last axis."""
    below = levels - levels.max(-1, keepdims=True)
    chances = below - np.log(np.exp(below).sum(-1, keepdims=True))
    return np.asarray(np.maximum(0, 1 + chances / np.float32(SPAN)), np.float32)


@dataclass(frozen=True, slots=True)
class Network:
    """The weights; ``d`` numbers of meaning, ``t`` terms, ``h`` hidden cells, ``s`` outputs."""

    meaning: Floats  # (d, h)
    terms: Floats  # (t, h)
    bias: Floats  # (h,)
    out: Floats  # (h, s)
    straight: Floats  # (d, s): from meaning past the hidden cells
    constant: Floats  # (s,)

    def levels(self, words: Floats, vectors: Floats) -> Floats:
        """The outputs, by what the terms of texts give to the hidden cells, and by meaning."""
        hidden = np.maximum(vectors @ self.meaning + words + self.bias, 0)
        levels = hidden @ self.out + vectors @ self.straight + self.constant
        return np.asarray(levels, np.float32)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A network with the names of what goes in and comes out; its last output has none."""

    network: Network
    terms: Mapping[str, int]
    subjects: Sequence[str]

    def words(self, asked: Terms) -> Floats:
        """What the terms of a text give to the hidden cells."""
        known = [(self.terms[term], weight) for term, weight in asked.items() if term in self.terms]
        rows = self.network.terms[[at for at, _ in known]]
        return np.array([weight for _, weight in known], np.float32) @ rows

    def of(self, asked: Terms, vector: Floats) -> Floats:
        """How surely each subject is meant, 0..1, and last something else.

        ``vector`` is the encoder's own.
        """
        return strength(self.network.levels(self.words(asked), vector))

    def columns(self, subjects: Sequence[str]) -> NDArray[np.int64]:
        """Where these subjects stand in the evidence, and last something else.

        One past its end stands for a subject that was not learned.
        """
        at = {subject: number for number, subject in enumerate(self.subjects)}
        beyond = len(at) + 1
        return np.array([*(at.get(subject, beyond) for subject in subjects), len(at)], np.int64)


def packed(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Weights in steps of one byte, and the size of a step for each column."""
    size = (np.maximum(np.abs(weights).max(0), 1e-6) / STEPS).astype(np.float32)
    return np.rint(weights / size).astype(np.int8), size
