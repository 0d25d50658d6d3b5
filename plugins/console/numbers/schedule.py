"""Reports that come by themselves: Monday's of the week before, the first day's of the month.

Each is a deadline of the core's engine. What was reported is kept as it was read then; those who
lead hear of it at the desk, and the staff room has the way to it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from core.due import Due
from core.store.models import Deadline
from core.store.writer import Writer
from plugins.console.models import Staff
from plugins.console.numbers.models import Report
from plugins.console.numbers.report import Kind, days_of, report
from plugins.console.numbers.source import Days, Source
from plugins.console.roles import LEADS
from plugins.handoff.face import StaffRoom, tell_staff

DUE = "console.report"
KINDS: tuple[Kind, ...] = ("week", "month")
TOLD = "desk.report"  # the journal's word for it


def next_after(kind: Kind, moment: datetime, at: time, zone: ZoneInfo) -> datetime:
    """When the next one is due."""
    local = moment.astimezone(zone)
    first = days_of(kind, local.date()).begin
    due = datetime.combine(first, at, zone)
    while due <= local:
        due = datetime.combine(days_of(kind, due.date()).end + timedelta(days=1), at, zone)
    return due


async def arm(now: datetime, at: time, zone: ZoneInfo) -> None:
    """Set the next deadline of each kind; one that waits already stays."""
    for kind in KINDS:
        due = next_after(kind, now, at, zone)
        defaults = {"due_at": due, "run_at": due, "data": {"kind": kind}}
        await Deadline.get_or_create(name=DUE, key=key_of(kind, due), defaults=defaults)


def key_of(kind: Kind, due: datetime) -> str:
    """One a week and one a month, whatever the hour."""
    return f"{kind}:{due.date()}"


def source_of(due: Due, writer: Writer, *, knows: bool) -> Source:
    """In the shop's own language."""
    texts = due.texts

    def say(key: str, /, **values: object) -> str:
        return texts.render(key, texts.default, **values)

    return Source(writer, texts.zone, say, knows)


async def produce(due: Due, source: Source, at: time, shop: str, room: StaffRoom | None) -> None:
    """Write the report that is due, tell of it, and set the next."""
    kind: Kind = "month" if due.data["kind"] == "month" else "week"
    day = due.due_at.astimezone(source.zone).date()
    days = days_of(kind, day - timedelta(days=1))
    html = await report(source, kind, days, shop, due.clock.now())
    due.write(partial(_keep, kind, days, html, due.clock.now()))
    leads = [s.login for s in await Staff.filter(active=True) if set(s.roles) & set(LEADS)]
    link = link_of(kind, days)
    due.emit(TOLD, report=kind, begin=str(days.begin), end=str(days.end), link=link, to=leads)
    base = room.desk.rstrip("/").removesuffix("/desk") if room else ""
    facts = {"begin": days.begin, "end": days.end, "link": base + link}
    tell_staff(due, room, f"console.report.ready_{kind}", key=f"report:{due.key}", **facts)
    following = next_after(kind, max(due.due_at, due.clock.now()), at, source.zone)
    due.at(following, DUE, key_of(kind, following), kind=kind)


def link_of(kind: Kind, days: Days) -> str:
    """Where it is read, by those who may."""
    return f"/desk/api/numbers/reports/{kind}/{days.begin}/report.html"


async def _keep(kind: Kind, days: Days, html: str, now: datetime) -> None:
    facts = {"end": days.end, "html": html, "made_at": now}
    await Report.update_or_create(kind=kind, begin=days.begin, defaults=facts)
