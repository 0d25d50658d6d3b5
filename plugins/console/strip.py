"""The strip: what cannot wait, in numbers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from core.message import ConversationKind
from plugins.complaints.face import Complaint, State, due_at, next_rung
from plugins.console.ask import Services
from plugins.console.models import Staff, Thread
from plugins.console.shapes import Strip
from plugins.console.sla.keep import load

SOON = timedelta(minutes=10)


async def strip_of(desk: Services, login: str, kinds: Collection[ConversationKind]) -> Strip:
    """The counts for one person."""
    mine = Thread.filter(owner=f"agent:{login}", kind__in=[str(kind) for kind in kinds])
    who = await Staff.get_or_none(login=login)
    now, ends = desk.clock.now(), list[datetime]()
    for case in await Complaint.exclude(state=State.CLOSED):
        if rung := next_rung(case):
            ends.append(due_at(case, rung))
    for thread in await mine:
        ends += [each.due_at for each in load(thread.clocks).values() if each.runs and each.due_at]
    return Strip(
        waiting=await mine.filter(waiting_since__isnull=False).count(),
        queue=await Thread.filter(owner="queue", kind__in=[str(kind) for kind in kinds]).count(),
        load=await mine.count(),
        capacity=who.capacity if who else desk.settings.capacity,
        due_soon=sum(1 for end in ends if now < end <= now + SOON),
        overdue=sum(1 for end in ends if end <= now),
        incidents=0,
        unpaid=None,
    )
