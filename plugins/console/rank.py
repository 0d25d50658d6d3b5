"""Who comes first, and why: value, emotion and waiting time, each with its points (S-033)."""

from __future__ import annotations

from datetime import datetime

from core.texts import Texts
from plugins.complaints.face import Complaint
from plugins.console.models import Thread
from plugins.console.shapes import Why

CASE, SEVERITY, EMOTION, TIER, ASKED = 30, 15, 12, 15, 5
MINUTE, MOST_MINUTES = 1, 60


def reasons(
    thread: Thread, tier: int, case: Complaint | None, now: datetime, texts: Texts
) -> list[Why]:
    """The reasons of a thread's rank, weightiest first; its rank is the sum of their points."""
    waited = max(0.0, (now - thread.waiting_since).total_seconds()) if thread.waiting_since else 0.0
    minutes = int(waited // 60)
    found: list[tuple[str, int, dict[str, object]]] = [
        ("complaint", CASE + SEVERITY * case.severity if case else 0, {}),
        ("emotion", EMOTION * thread.emotion, {"level": thread.emotion}),
        ("value", TIER * tier, {"tier": tier}),
        ("waiting", MINUTE * min(minutes, MOST_MINUTES), {"minutes": minutes}),
        ("asked", ASKED if thread.asked_at is not None and thread.owner == "queue" else 0, {}),
    ]
    said = [
        Why(
            code=code,  # type: ignore[arg-type] - the five of the shape
            text=texts.render(f"console.why.{code}", texts.default, **values),
            points=points,
        )
        for code, points, values in found
        if points
    ]
    return sorted(said, key=lambda why: -why.points)
