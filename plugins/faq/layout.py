"""How the texts of many entries lie in one long column, and how scores fold back to entries.

Every entry has a block of rows: its standard question first, then its other wordings. The answers
follow after all blocks, one an entry. A score for each row then becomes four views an entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        self._edges = [0, *np.cumsum(sizes).tolist()]
        self.first: Ints = np.array(self._edges[:-1], np.int64)
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

    def rows(self, entry: int) -> Iterator[int]:
        """The rows of an entry: its wordings, then its answer."""
        block = self.block(entry)
        yield from range(block.start, block.stop)
        yield len(self.wordings) + entry

    def block(self, entry: int) -> slice:
        """The rows of an entry's wordings."""
        return slice(self._edges[entry], self._edges[entry + 1])

    def text(self, row: int) -> str:
        """What a row says."""
        many = len(self.wordings)
        return self.wordings[row] if row < many else self.answers[row - many]

    def views(self, scores: Floats, hidden: int = -1) -> Views:
        """From a score for each row, without the ``hidden`` one, to the views of each entry."""
        if not self.ids:
            none = np.zeros(0, np.float32)
            return Views(none, none, none, none)
        if hidden >= 0:
            scores[hidden] = 0
        texts, answer = scores[: len(self.wordings)], scores[len(self.wordings) :]
        question = texts[self.first]
        nearest = np.maximum.reduceat(texts, self.first)
        total = np.add.reduceat(texts, self.first) + question + np.float32(ANSWER) * answer
        return Views(question, answer, nearest, np.asarray(total, np.float32))
