"""How the texts of many entries lie in one long column, and how scores fold back to entries.

Every entry has a block of rows: its standard question first, then its other wordings. The answers
follow after all blocks, one an entry. A score for each row then becomes four views an entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plugins.faq.matcher import Topic

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
ANSWER = 0.5  # of an answer in its entry's centre, against 1 for a wording and 2 for the question


@dataclass(frozen=True, slots=True)
class Views:
    """How alike a question is to each entry, seen four ways; each about 0..1.

    ``total`` is the centre's likeness before it is divided by the centre's length.
    """

    question: Floats
    answer: Floats
    nearest: Floats
    total: Floats


class Layout:
    """The rows of some topics."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        """Lay the topics out."""
        self.ids = [topic.entry_id for topic in topics]
        blocks = [tuple(dict.fromkeys((*t.questions, *t.keywords))) for t in topics]
        sizes = [len(block) for block in blocks]
        self.first: Ints = np.concatenate(([0], np.cumsum(sizes)))[:-1].astype(np.int64)
        self.wordings = [text for block in blocks for text in block]
        self.answers = [topic.answer for topic in topics]
        owners = np.repeat(np.arange(len(topics)), sizes)
        self.owner: Ints = np.concatenate((owners, np.arange(len(topics)))).astype(np.int64)
        self.heft = np.ones(len(self.owner), np.float32)  # of a row in its entry's centre
        self.heft[self.first] = 2.0
        self.heft[len(self.wordings) :] = ANSWER
        self.weight = (np.array(sizes) + 1).astype(np.float32)  # of the wordings of each entry

    def __len__(self) -> int:
        """How many entries."""
        return len(self.ids)

    def views(self, scores: Floats) -> Views:
        """From a score for each row to the views of each entry."""
        if not self.ids:
            none = np.zeros(0, np.float32)
            return Views(none, none, none, none)
        texts, answer = scores[: len(self.wordings)], scores[len(self.wordings) :]
        question = texts[self.first]
        nearest = np.maximum.reduceat(texts, self.first)
        total = np.add.reduceat(texts, self.first) + question + ANSWER * answer
        return Views(question, answer, nearest, total)
