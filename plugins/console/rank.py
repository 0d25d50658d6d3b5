"""Who comes first, and why: value, emotion and waiting time, each with its points (S-033)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from core.texts import Texts
from plugins.console.shapes import Why

CASE, SEVERITY, EMOTION, TIER, ASKED = 30, 15, 12, 15, 5
MOST_MINUTES = 60
CLEAR, VALUED = 2, 2  # from which something cannot wait


class Facts(NamedTuple):
    """What a rank is made of; ``severity`` of an open complaint, 0 without one."""

    emotion: int
    tier: int
    severity: int
    waiting_since: datetime | None
    queued: bool


def points(facts: Facts, now: datetime) -> dict[str, int]:
    """The points of each reason; the rank is their sum."""
    return {
        "complaint": CASE + SEVERITY * facts.severity if facts.severity else 0,
        "emotion": EMOTION * facts.emotion,
        "value": TIER * facts.tier,
        "waiting": min(_minutes(facts, now), MOST_MINUTES),
        "asked": ASKED if facts.queued else 0,
    }


def high(facts: Facts) -> bool:
    """Whether it bears the red tag (S-032): a clear complaint, strong feelings, a valued person."""
    return facts.severity >= CLEAR or facts.emotion >= CLEAR or facts.tier >= VALUED


def reasons(facts: Facts, now: datetime, texts: Texts) -> list[Why]:
    """The reasons in words, weightiest first."""
    values = {"level": facts.emotion, "tier": facts.tier, "minutes": _minutes(facts, now)}
    said = [
        Why(
            code=code,  # type: ignore[arg-type] - the five of the shape
            text=texts.render(f"console.why.{code}", texts.default, **values),
            points=number,
        )
        for code, number in points(facts, now).items()
        if number
    ]
    return sorted(said, key=lambda why: -why.points)


def _minutes(facts: Facts, now: datetime) -> int:
    if facts.waiting_since is None:
        return 0
    return max(0, int((now - facts.waiting_since).total_seconds() // 60))
