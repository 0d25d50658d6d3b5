"""How sure a match is: four signs weighed into a probability, shared between rivals.

The weights are a logistic regression fitted on the project's own questions
(``tests/data/faq/questions_a.jsonl``, with questions the shop cannot answer among them, drawn
towards equal weights because they are few) and checked on others (``questions_b.jsonl``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

BIAS, COVERED, ALIKE, KNOWN, SHARED = -3.0, 2.2, 2.5, 0.7, 4.5
WORTH_ALIKE, WORTH_SHARED = 0.3, 0.4  # beside covered, what ranks the candidates
RIVALRY = 0.08  # a lead of this much in worth makes an entry 2.7 times as likely as its rival


@dataclass(frozen=True, slots=True)
class Evidence:
    """The signs of a match.

    ``covered``: the share of the question's weight found in the entry. ``alike``: likeness to its
    nearest question. ``known``: the share of the question whose terms the knowledge has at all.
    ``shared``: how much of the ideas are the same.
    """

    covered: float
    alike: float
    known: float
    shared: float

    @property
    def worth(self) -> float:
        """What ranks the candidates."""
        return self.covered + WORTH_ALIKE * self.alike + WORTH_SHARED * self.shared

    def facts(self) -> dict[str, float | str]:
        """By name, for ``explain``."""
        signs = {"covered": self.covered, "alike": self.alike}
        signs |= {"known": self.known, "shared": self.shared}
        return {name: round(sign, 3) for name, sign in signs.items()}


def confidence(evidence: Evidence) -> float:
    """The probability that the question belongs to such an entry at all, 0..1."""
    total = (
        BIAS
        + COVERED * evidence.covered
        + ALIKE * evidence.alike
        + KNOWN * evidence.known
        + SHARED * evidence.shared
    )
    return 1 / (1 + math.exp(-total))


def share_out(worths: Sequence[float]) -> list[float]:
    """Each rival's share of the belief: one entry far ahead keeps it all, equals halve it."""
    top = max(worths, default=0.0)
    weights = [math.exp((worth - top) / RIVALRY) for worth in worths]
    whole = sum(weights)
    return [weight / whole for weight in weights]
