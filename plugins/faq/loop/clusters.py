"""Questions that ask the same, found without knowing what there is to ask (average linkage)."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from plugins.faq.dense import unit
from plugins.faq.layout import Floats
from plugins.faq.segment import Asked

HASHED = 512  # dimensions that stand for terms: enough that few of them meet
ALIKE = {False: 0.44, True: 0.24}  # the mean likeness of two groups that ask the same
MEANING = 0.5  # what meaning counts, against terms
SINGLE = 3.0  # what one character counts more than in matching: a new thing is often just one
ALONE = 0.3  # what a term counts that no other question has
MOST = 3000  # questions that are looked at together: the likeness of all pairs is kept


def vectors(asked: Sequence[Asked]) -> Floats:
    """Questions as points whose likeness is a dot product: of their terms, and of their meaning.

    A term counts the more, the rarer it is in the knowledge and the more of these questions have
    it: that is what many ask and nobody has written down.
    """
    terms = np.zeros((len(asked), HASHED), np.float32)
    common = Counter(term for one in asked for term in one.terms)
    for row, one in zip(terms, asked, strict=True):
        for term, weight in one.terms.items():
            heft = (
                weight * (SINGLE if len(term) == 1 else 1) * (ALONE + log((1 + common[term]) / 2))
            )
            number = zlib.crc32(term.encode())
            row[number % HASHED] += heft if number & 0x10000 else -heft
    meanings = [one.vector for one in asked if one.vector is not None]
    if not meanings:
        return unit(terms)
    both = (np.sqrt(MEANING) * np.stack(meanings), np.sqrt(1 - MEANING) * unit(terms))
    return np.concatenate(both, axis=1).astype(np.float32)


def clusters(points: Floats, least: float) -> list[list[int]]:
    """Groups of rows, each ordered; two groups stay apart when their mean likeness is less."""
    count = len(points)
    groups = [[at] for at in range(count)]
    if count < 2:
        return groups
    alike = np.asarray(points @ points.T, np.float32)
    np.fill_diagonal(alike, -np.inf)
    best: NDArray[np.int64] = alike.argmax(1)
    top = alike[np.arange(count), best]
    while float(top.max()) >= least:
        one = int(top.argmax())
        other = int(best[one])
        sizes = len(groups[one]), len(groups[other])
        merged = (alike[one] * sizes[0] + alike[other] * sizes[1]) / sum(sizes)
        groups[one], groups[other] = groups[one] + groups[other], []
        alike[other, :] = alike[:, other] = top[other] = -np.inf
        alike[one, :] = alike[:, one] = merged
        alike[one, one] = alike[one, other] = alike[other, one] = -np.inf
        stale = np.flatnonzero((best == one) | (best == other) | (alike[:, one] > top))
        for row in (*stale.tolist(), one):
            if row != other:
                best[row] = alike[row].argmax()
                top[row] = alike[row, best[row]]
    return [sorted(group) for group in groups if group]


def middle(points: Floats) -> int:
    """The row that is most like all of them."""
    return int((points @ points.sum(0)).argmax())


def spread(points: Floats, first: int, many: int) -> list[int]:
    """``first``, then the rows least like those taken already, at most ``many`` in all."""
    taken, nearest = [first], points @ points[first]
    while len(taken) < min(many, len(points)):
        nearest[taken] = np.inf
        taken.append(int(nearest.argmin()))
        nearest = np.maximum(nearest, points @ points[taken[-1]])
    return taken
