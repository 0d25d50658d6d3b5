"""The ladder of a complaint: soothe, plan, close; each rung with a clock, a warning and a stamp.

Pure rules (S-188: soothe in 10 minutes; S-189: a plan in 30; S-190: closed in 2 hours).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from plugins.complaints.models import Complaint, State
from plugins.complaints.settings import ComplaintSettings


class Rung(StrEnum):
    """The three steps, in their order."""

    SOOTHE = "soothe"
    PLAN = "plan"
    CLOSE = "close"


REACHES = {Rung.SOOTHE: State.SOOTHED, Rung.PLAN: State.PLANNED, Rung.CLOSE: State.CLOSED}
STAMPS = {Rung.SOOTHE: "soothed_at", Rung.PLAN: "plan_at", Rung.CLOSE: "closed_at"}
_ORDER = tuple(State)


def clocks(opened: datetime, settings: ComplaintSettings) -> dict[Rung, datetime]:
    """When each step must be done."""
    minutes = (settings.soothe_minutes, settings.plan_minutes, settings.close_minutes)
    return {rung: opened + timedelta(minutes=m) for rung, m in zip(Rung, minutes, strict=True)}


def warn_at(opened: datetime, due: datetime, share: float) -> datetime:
    """When the people of a rung are reminded."""
    return opened + (due - opened) * share


def due_at(complaint: Complaint, rung: Rung) -> datetime:
    """The clock of one step."""
    return {
        Rung.SOOTHE: complaint.soothe_due,
        Rung.PLAN: complaint.plan_due,
        Rung.CLOSE: complaint.close_due,
    }[rung]


def done_at(complaint: Complaint, rung: Rung) -> datetime | None:
    """When the step was done, if it was."""
    stamps: dict[Rung, datetime | None] = {
        Rung.SOOTHE: complaint.soothed_at,
        Rung.PLAN: complaint.plan_at,
        Rung.CLOSE: complaint.closed_at,
    }
    return stamps[rung]


def next_rung(complaint: Complaint) -> Rung | None:
    """The step that is to be done next."""
    return next((rung for rung in Rung if done_at(complaint, rung) is None), None)


def covered(rung: Rung) -> tuple[Rung, ...]:
    """The steps a stamp settles: a plan soothes too, and closing settles all."""
    return tuple(Rung)[: tuple(Rung).index(rung) + 1]


def stamp(complaint: Complaint, rung: Rung, now: datetime) -> tuple[Rung, ...]:
    """Write the stamps of a step that was done; returns the rungs that it settled just now."""
    settled = tuple(r for r in covered(rung) if done_at(complaint, r) is None)
    for each in settled:
        setattr(complaint, STAMPS[each], now)
    if _ORDER.index(REACHES[rung]) > _ORDER.index(complaint.state):
        complaint.state = REACHES[rung]
    return settled


def level_above(level: int, levels: int) -> int:
    """Whose turn it is after a missed clock: the next level, or the last one again."""
    return min(level + 1, max(levels - 1, 0))
