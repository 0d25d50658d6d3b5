"""Opening, joining and stepping complaints: each returns nothing and only adds effects."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from babel.dates import format_date

from core.contacts.person import together
from core.effects import Effects
from core.texts import Texts, nearest
from core.turn import Turn
from plugins.complaints.ladder import Rung, clocks, stamp, warn_at
from plugins.complaints.models import Complaint, FollowUp, State
from plugins.complaints.settings import ComplaintSettings, Level
from plugins.complaints.severity import Reading
from plugins.handoff.face import tell_staff

REMIND, ESCALATE, FOLLOW_UP = "complaints.remind", "complaints.escalate", "complaints.follow_up"


async def running(contact_id: int) -> Complaint | None:
    """The customer's complaint that is not closed yet, if there is one."""
    mine = Complaint.filter(contact_id__in=await together(contact_id)).exclude(state=State.CLOSED)
    return await mine.order_by("-id").first()


def open_case(turn: Turn, reading: Reading, settings: ComplaintSettings) -> Complaint:
    """A new complaint with its three clocks; the first level's people are told."""
    now = turn.clock.now()
    due = clocks(now, settings)
    day = now.astimezone(turn.texts.zone)
    complaint = Complaint(
        number=f"C{day:%y%m%d}-{turn.message.id}",
        conversation_id=turn.conversation.id,
        contact_id=turn.contact.id,
        kind=reading.kind,
        severity=int(reading.severity),
        opened_at=now,
        soothe_due=due[Rung.SOOTHE],
        plan_due=due[Rung.PLAN],
        close_due=due[Rung.CLOSE],
        notes=[note(now, "customer", turn.message.text)],
    )
    turn.write(partial(complaint.save, force_create=True))
    for rung, moment in due.items():
        facts = {"number": complaint.number, "rung": str(rung)}
        key = f"{complaint.number}:{rung}"
        turn.at(warn_at(now, moment, settings.warn_share), REMIND, key, **facts)
        turn.at(moment, ESCALATE, key, **facts)
    turn.emit("complaint.opened", **summary(complaint), phrases=list(reading.phrases))
    tell(
        turn, complaint, settings, "complaints.staff_opened", "opened", said=turn.message.text[:80]
    )
    return complaint


def join_case(turn: Turn, complaint: Complaint, reading: Reading) -> None:
    """Another angry message of the same customer: noted, and graded up if it got worse."""
    now = turn.clock.now()
    severity = max(complaint.severity, int(reading.severity))
    notes = [*complaint.notes, note(now, "customer", turn.message.text)]
    row = Complaint.filter(id=complaint.id)
    turn.write(partial(_update, row, {"severity": severity, "notes": notes}))
    turn.emit("complaint.joined", number=complaint.number, severity=severity)


def step(
    effects: Effects,
    complaint: Complaint,
    rung: Rung,
    settings: ComplaintSettings,
    *,
    by: str,
    text: str,
) -> tuple[Rung, ...]:
    """A step was done by a person: stamp it, stop its clocks; closing sets the follow-up (S-196).

    Returns the rungs settled just now; empty when the step had been done before.
    """
    now = effects.clock.now()
    settled = stamp(complaint, rung, now)
    if not settled:
        return ()
    complaint.notes = [*complaint.notes, note(now, by, text or str(rung))]
    for each in settled:
        effects.cancel(REMIND, f"{complaint.number}:{each}")
        effects.cancel(ESCALATE, f"{complaint.number}:{each}")
    if rung is Rung.CLOSE:
        asked = follow_up_at(now, settings, effects)
        complaint.follow_up_on = asked.date()
        effects.write(partial(_task, complaint.number, complaint.contact_id, asked.date()))
        effects.at(asked, FOLLOW_UP, complaint.number, number=complaint.number)
    effects.save(complaint)
    effects.emit(f"complaint.{complaint.state}", **summary(complaint), by=by)
    return settled


def follow_up_at(now: datetime, settings: ComplaintSettings, effects: Effects) -> datetime:
    """When staff shall ask the customer again, in shop time."""
    day = now.astimezone(effects.texts.zone).date() + timedelta(days=settings.follow_up_days)
    return datetime.combine(day, settings.follow_up_at, effects.texts.zone)


def closing(texts: Texts, locale: str, complaint: Complaint) -> str:
    """Apology, thanks and the follow-up date, whatever the outcome (S-196)."""
    day = complaint.follow_up_on
    date = format_date(day, "long", nearest(locale, texts.default)) if day else ""
    return texts.render("complaints.closing", locale, date=date)


def level_of(complaint: Complaint, settings: ComplaintSettings) -> Level | None:
    """The people in charge now."""
    return (
        settings.levels[min(complaint.level, len(settings.levels) - 1)] if settings.levels else None
    )


def tell(
    effects: Effects,
    complaint: Complaint,
    settings: ComplaintSettings,
    message: str,
    once: str,
    **values: object,
) -> None:
    """A notice to the people in charge; ``once`` names it, and a complaint has one of each name."""
    texts, level = effects.texts, level_of(complaint, settings)
    tell_staff(
        effects,
        level,
        message,
        key=f"complaint:{complaint.number}:{once}",
        number=complaint.number,
        kind=texts.render(f"complaints.kind_{complaint.kind}", texts.default),
        severity=complaint.severity,
        conversation=complaint.conversation_id,
        level=level.name if level else "",
        **values,
    )


def note(at: datetime, by: str, text: str) -> dict[str, Any]:
    """One line of a complaint's history."""
    return {"at": at.isoformat(), "by": by, "text": text}


def summary(complaint: Complaint) -> dict[str, Any]:
    """What the journal says of a complaint."""
    return {
        "number": complaint.number,
        "kind": complaint.kind,
        "severity": complaint.severity,
        "state": str(complaint.state),
        "level": complaint.level,
    }


async def _task(number: str, contact: int, due_on: date) -> None:
    """The task to ask again (``follow_up.py``); a complaint has one."""
    if not await FollowUp.filter(number=number).exists():
        await FollowUp(number=number, contact_id=contact, due_on=due_on).save(force_create=True)


async def _update(row: Any, values: dict[str, Any]) -> None:  # noqa: ANN401 - a Tortoise query set
    await row.update(**values)
