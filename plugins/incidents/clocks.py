"""The three clocks of an incident (S-187): soothe, plan, close, with the people of the ladder."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from core.effects import Effects
from plugins.complaints.face import ComplaintSettings, Level, Rung, clocks, level_above, warn_at
from plugins.handoff.face import tell_staff
from plugins.incidents.models import Incident, State

REMIND, ESCALATE = "incidents.remind", "incidents.escalate"
STAMPS = {Rung.SOOTHE: "soothed_at", Rung.PLAN: "plan_at", Rung.CLOSE: "ended_at"}


def start(effects: Effects, incident: Incident, settings: ComplaintSettings) -> None:
    """It is open: the clocks of a complaint run for all of its customers together."""
    now = effects.clock.now()
    incident.opened_at = now
    for rung, due in clocks(now, settings).items():
        setattr(incident, f"{rung}_due", due)
        key = f"{incident.number}:{rung}"
        effects.at(warn_at(now, due, settings.warn_share), REMIND, key)
        effects.at(due, ESCALATE, key)


def stop(effects: Effects, incident: Incident, rung: Rung) -> None:
    """A step is done, and with it those before it."""
    order = tuple(Rung)
    for each in order[: order.index(rung) + 1]:
        if done_at(incident, each) is None:
            setattr(incident, STAMPS[each], effects.clock.now())
            effects.cancel(REMIND, f"{incident.number}:{each}")
            effects.cancel(ESCALATE, f"{incident.number}:{each}")


def done_at(incident: Incident, rung: Rung) -> datetime | None:
    """When a step was done, if it was."""
    done: datetime | None = getattr(incident, STAMPS[rung])
    return done


def due_at(incident: Incident, rung: Rung) -> datetime | None:
    """When a step must be done; ``None`` for a draft."""
    due: datetime | None = getattr(incident, f"{rung}_due")
    return due


async def running(key: str) -> tuple[Incident, Rung] | None:
    """The incident and the step of a clock, if it still runs."""
    number, _, rung = key.rpartition(":")
    incident = await Incident.get_or_none(number=number, state=State.OPEN)
    step = Rung(rung)
    return (incident, step) if incident and done_at(incident, step) is None else None


def escalate(effects: Effects, incident: Incident, rung: Rung, settings: ComplaintSettings) -> None:
    """The level above takes charge and hears why."""
    incident.level = level_above(incident.level, len(settings.levels))
    effects.write(partial(_raise, incident.id, incident.level))
    effects.emit("incident.escalated", number=incident.number, rung=str(rung))
    step = effects.texts.render(f"complaints.rung_{rung}", effects.texts.default)
    once = f"escalate:{rung}"
    tell(effects, incident, settings, "incidents.staff_escalated", once, step=step)


def in_charge(incident: Incident, settings: ComplaintSettings) -> Level | None:
    """The people in charge."""
    levels = settings.levels
    return levels[min(incident.level, len(levels) - 1)] if levels else None


def tell(
    effects: Effects,
    incident: Incident,
    settings: ComplaintSettings,
    message: str,
    once: str,
    **values: object,
) -> None:
    """A notice to the people in charge; an incident has one of each name ``once``."""
    level = in_charge(incident, settings)
    tell_staff(
        effects,
        level,
        message,
        key=f"incident:{incident.number}:staff:{once}",
        number=incident.number,
        title=incident.title,
        level=level.name if level else "",
        **values,
    )


async def _raise(number: int, level: int) -> None:
    await Incident.filter(id=number).update(level=level)
