"""After a complaint is closed: follow-up tasks (S-178) and the evidence pack (S-184)."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from aiohttp import web
from pydantic import Field

from core.store.models import Contact
from plugins.complaints.face import Complaint, FollowUp, Result, Settled, open_tasks, pack, record
from plugins.console import audit
from plugins.console.ask import Ask
from plugins.console.problems import not_found
from plugins.console.shapes import Named
from plugins.console.table import Shape


class Task(Shape):
    """Somebody to ask again."""

    number: str
    conversation: int
    contact: Named
    due_on: date
    overdue: bool
    tries: int
    result: str
    text: str


class Tasks(Shape):
    """The longest due first."""

    items: list[Task]


class Outcome(Shape):
    """What the customer said; ``unreached`` comes again tomorrow."""

    result: Literal["satisfied", "unsatisfied", "unreached"]
    text: str = Field("", max_length=2000)


async def list_follow_ups(ask: Ask) -> Tasks:
    """Whom to ask again."""
    tasks = await open_tasks()
    return Tasks(items=await _shapes(ask, tasks))


async def record_follow_up(ask: Ask, body: Outcome) -> Tasks:
    """Keep what the customer said; answers what is left to do."""
    number, effects = ask.path["number"], ask.desk.effects()
    try:
        await record(effects, number, Result(body.result), body.text, ask.owner)
        audit.record(effects, ask.who.login, "complaint-followed", number, result=body.result)
        await ask.desk.write(effects)
    except Settled:
        raise not_found() from None
    return await list_follow_ups(ask)


async def get_evidence(ask: Ask) -> web.Response:
    """The pack as a ZIP; that somebody took it is written down."""
    complaint = await Complaint.get_or_none(number=ask.path["number"])
    if complaint is None:
        raise not_found()
    desk = ask.desk
    body = await pack(complaint, desk.orders, desk.texts, desk.clock.now())
    effects = desk.effects()
    audit.record(effects, ask.who.login, "complaint-exported", complaint.number, size=len(body))
    await desk.write(effects)
    name = re.sub(r"[^A-Za-z0-9-]", "", complaint.number)
    return web.Response(
        body=body,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.zip"',
            "Cache-Control": "no-store",
        },
    )


async def _shapes(ask: Ask, tasks: list[FollowUp]) -> list[Task]:
    today = ask.desk.clock.now().astimezone(ask.desk.texts.zone).date()
    cases = await Complaint.filter(number__in=[task.number for task in tasks])
    threads = {case.number: case.conversation_id for case in cases}
    rows = await Contact.filter(id__in=[task.contact_id for task in tasks])
    names = {row.id: row.name for row in rows}
    return [
        Task(
            number=task.number,
            conversation=threads.get(task.number, 0),
            contact=Named(
                id=task.contact_id,
                name=names.get(task.contact_id) or ask.say("handoff.visitor"),
            ),
            due_on=task.due_on,
            overdue=task.due_on < today,
            tries=task.tries,
            result=task.result,
            text=task.text,
        )
        for task in tasks
    ]
