"""How sure a match is: four signs weighed into a probability.

The weights are a logistic regression fitted on the project's own questions
(``tests/data/faq/questions_a.jsonl``, with questions the shop cannot answer among them) and
checked on others (``questions_b.jsonl``), so 0.8 means: eight of ten such matches are right.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

BIAS = -3.06
WEIGHTS = {"covered": 2.2, "alike": 2.5, "lead": 1.95, "known": 0.7, "shared": 3.1}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The signs: the share of the question's weight found in the entry, likeness to its nearest
    question (0..1), lead over the next entry, the share of the question whose terms the knowledge
    has at all, and how much of the ideas are the same (0..1)."""

    covered: float
    alike: float
    lead: float
    known: float
    shared: float

    def facts(self) -> dict[str, float]:
        """By name, for ``explain``."""
        return asdict(self)


def confidence(evidence: Evidence) -> float:
    """The probability that the match is right, 0..1."""
    total = BIAS + sum(WEIGHTS[name] * sign for name, sign in evidence.facts().items())
    return 1 / (1 + math.exp(-total))
