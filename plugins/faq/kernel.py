"""What a question is about, judged by all wordings of the usual subjects at once.

Being near one wording says little; being near many of one subject and far from those of all others
says much. Kernel ridge regression (``python3 dev.py train-faq``): each wording has a weight for
each subject, and counts by how alike it is to the question in terms and in meaning together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugins.faq.layout import Floats

FALL = 2.0  # how fast a wording counts less, the less alike it is
STEPS = 127  # of a weight of one byte


def kinship(terms: Floats, meaning: Floats) -> Floats:
    """How much a wording counts, 0..2, by its likeness in the space of terms and of meaning."""
    return np.exp(FALL * (terms - 1)) + np.exp(FALL * (meaning - 1))


@dataclass(frozen=True, slots=True)
class Weights:
    """What each wording says about each subject, as it is shipped."""

    texts: Sequence[str]
    subjects: Sequence[str]
    steps: NDArray[np.int8]  # a row for each text, a column for each subject
    size: Floats  # of a step, for each subject

    def table(self, texts: Sequence[str], subjects: Sequence[str]) -> Floats:
        """The weights of these texts for these subjects; 0 for those that were not learned."""
        found = np.zeros((len(texts), len(subjects)), np.float32)
        rows = {text: at for at, text in enumerate(self.texts)}
        columns = {subject: at for at, subject in enumerate(self.subjects)}
        known = [(at, rows[text]) for at, text in enumerate(texts) if text in rows]
        met = [(at, columns[one]) for at, one in enumerate(subjects) if one in columns]
        if known and met:
            (here, there), (mine, its) = zip(*known, strict=True), zip(*met, strict=True)
            steps = self.steps[np.ix_(there, its)].astype(np.float32)
            found[np.ix_(here, mine)] = steps * self.size[list(its)]
        return found


def weights_of(table: Floats, texts: Sequence[str], subjects: Sequence[str]) -> Weights:
    """Weights in steps of one byte."""
    size = np.maximum(np.abs(table).max(0), 1e-6).astype(np.float32) / STEPS
    return Weights(texts, subjects, np.rint(table / size).astype(np.int8), size)
