"""The strip: what cannot wait, in numbers; for many people at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.message import ConversationKind
from core.store.sql import Rows, Work, json_value
from plugins.complaints.face import Complaint, State, due_at, next_rung
from plugins.console.ask import Services
from plugins.console.models import Staff
from plugins.console.shapes import Strip
from plugins.console.sla.keep import ends
from plugins.incidents.face import ACTIVE, Incident

SOON = timedelta(minutes=10)
Kinds = Collection[ConversationKind]


async def strip_of(desk: Services, login: str, kinds: Kinds) -> Strip:
    """The counts for one person."""
    return (await strips_of(desk, {login: kinds}))[login]


async def strips_of(desk: Services, people: Mapping[str, Kinds]) -> dict[str, Strip]:
    """The counts of each person, who may see conversations of these kinds."""
    staff = Staff.filter(login__in=list(people)).values_list("login", "capacity")
    capacities = dict(await staff)
    cases = [
        due_at(case, rung)
        for case in await Complaint.exclude(state=State.CLOSED)
        if (rung := next_rung(case))
    ]
    held: dict[str, list[Sequence[Any]]] = {}
    for row in await desk.writer.look(lambda: _held(people)):
        held.setdefault(str(row[0]), []).append(row)
    queue, waiting = Counter[str](), dict[str, list[datetime]]()
    for row in held.get("queue", ()):
        queue[str(row[1])] += 1
        waiting.setdefault(str(row[1]), []).extend(ends(json_value(row[3])))
    known = await Incident.filter(state__in=ACTIVE).count() if desk.incidents else 0
    found: dict[str, Strip] = {}
    for login, kinds in people.items():
        mine = [row for row in held.get(f"agent:{login}", ()) if row[1] in kinds]
        promised = [end for row in mine for end in ends(json_value(row[3]))]
        promised += [end for kind in kinds for end in waiting.get(str(kind), ())]
        due, late = _due(desk.clock.now(), [*cases, *promised])
        found[login] = Strip(
            waiting=sum(1 for row in mine if row[2] is not None),
            queue=sum(queue.get(str(kind), 0) for kind in kinds),
            load=len(mine),
            capacity=capacities.get(login, desk.settings.capacity),
            due_soon=due,
            overdue=late,
            incidents=known,
            unpaid=None,
        )
    return found


def _due(now: datetime, moments: Collection[datetime]) -> tuple[int, int]:
    """How many end soon, and how many are over."""
    soon = sum(1 for end in moments if now < end <= now + SOON)
    return soon, sum(1 for end in moments if end <= now)


def _held(people: Mapping[str, Kinds]) -> Work[Rows]:
    owners = ["queue", *(f"agent:{login}" for login in people)]
    marks = ", ".join("?" * len(owners))
    sql = f"SELECT owner, kind, waiting_since, clocks FROM desk_thread WHERE owner IN ({marks})"  # noqa: S608 - marks
    return (yield sql, owners)
