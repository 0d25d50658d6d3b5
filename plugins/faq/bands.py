"""Three answers, not one: sure enough to answer, unsure, or unknown.

The limits follow from what the shop wants (how many of its direct answers shall be right), by the
curve that was measured when the weights were learned; no limit is set by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from plugins.faq.fusion import fusion_of
from plugins.faq.matcher import Match, Verdict

Band = Literal["answer", "clarify", "unknown"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and with which entries: the one to answer with, or those to choose from."""

    band: Band
    offered: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Bands:
    """What the shop wants.

    ``precision``: the share of its answers that shall be right. ``helpful``: the share of its
    menus that shall contain the right entry. ``candidates``: how many a menu offers at most.
    """

    precision: float
    helpful: float
    candidates: int

    def decide(self, verdict: Verdict) -> Decision:
        """Answer, ask back, or admit not to know."""
        if not verdict.matches:
            return Decision("unknown")
        best, fusion = verdict.matches[0], fusion_of(dense=verdict.dense, apart=verdict.apart)
        if best.score >= fusion.threshold(self.precision):
            return Decision("answer", (best,))
        offered = tuple(verdict.matches[: self.candidates])
        helps = sum(match.score for match in offered)  # they are probabilities
        return Decision("clarify", offered) if helps >= self.helpful else Decision("unknown")
