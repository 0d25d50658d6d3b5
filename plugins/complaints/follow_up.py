"""After a complaint is closed somebody asks the customer again, and the answer is kept (S-178)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from core.due import Due
from core.effects import Effects
from plugins.complaints import cases
from plugins.complaints.models import Complaint, FollowUp, Result, State
from plugins.complaints.settings import ComplaintSettings

FOLLOW_UP, UNSATISFIED = "complaints.follow_up", "complaints.unsatisfied"
REMINDERS = 3  # days in a row on which staff hear of a task that nobody has done


class Settled(Exception):  # noqa: N818 - a fact, not a fault
    """There is no such task, or it was done before."""


async def open_tasks() -> list[FollowUp]:
    """What is to be asked, the longest due first."""
    return await FollowUp.filter(done_at=None).order_by("due_on", "id")


async def record(effects: Effects, number: str, result: Result, text: str, by: str) -> FollowUp:
    """What the customer said. Not reached: the task waits for tomorrow. Raises :class:`Settled`."""
    task = await FollowUp.get_or_none(number=number, done_at=None)
    if task is None:
        raise Settled(number)
    facts: dict[str, Any] = {"result": result, "text": text.strip(), "by": by}
    facts["tries"] = task.tries + 1
    if result is Result.UNREACHED:
        facts["due_on"] = task.due_on + timedelta(days=1)
    else:
        facts["done_at"] = effects.clock.now()
        effects.cancel(FOLLOW_UP, number)
    effects.write(partial(_record, number, task.tries, facts))
    effects.emit("complaint.followed_up", number=number, result=str(result), by=by)
    if result is Result.UNSATISFIED:
        effects.at(timedelta(0), UNSATISFIED, number, said=text.strip()[:80])
    return task.update_from_dict(facts)


async def remind(due: Due, settings: ComplaintSettings) -> None:
    """The day has come: staff are told, and again on the next days while nobody has done it."""
    complaint = await Complaint.get_or_none(number=due.data["number"], state=State.CLOSED)
    task = await FollowUp.get_or_none(number=due.data["number"])
    if complaint is None or (task is not None and task.done_at is not None):
        return
    day = due.due_at.astimezone(due.texts.zone).date()
    due.emit("complaint.follow_up", **cases.summary(complaint))
    cases.tell(due, complaint, settings, "complaints.staff_follow_up", f"follow-up:{day}")
    told = int(due.data.get("told", 0)) + 1
    if told < REMINDERS:
        tomorrow = datetime.combine(day + timedelta(days=1), settings.follow_up_at, due.texts.zone)
        due.at(tomorrow, FOLLOW_UP, complaint.number, number=complaint.number, told=told)


async def _record(number: str, tries: int, facts: dict[str, Any]) -> None:
    if not await FollowUp.filter(number=number, tries=tries, done_at=None).update(**facts):
        raise Settled(number)
