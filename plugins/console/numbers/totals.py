"""All figures by day, hour, channel, agent, class or cause, each key with its histograms."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from core.store.sql import Rows, Work
from plugins.complaints.face import Complaint, State
from plugins.console.figures import Sum, Sums
from plugins.console.numbers.source import Days, Found, Source, gathered
from plugins.console.numbers.topics import Topics

By = Literal["day", "hour", "channel", "agent", "topic", "cause"]
CASES = ("case.",)  # beside what the tallies have
WHOLE = (  # all there is by class
    *("enquiries", "leaked", "complaints", "complaints.", "first_response", "resolution"),
    *("case.", "closed.", "rated"),
)


async def totals(source: Source, by: By, days: Days) -> tuple[dict[str, Sums], dict[str, str]]:
    """The sums of each key, and the keys in words where they are none themselves."""
    if by == "cause":
        return await _causes(source, days)
    if by == "topic":
        return await _topics(source, days)
    rows = [
        *(Found(*row) for row in await source.writer.look(lambda: added_up(by, days))),
        *await source.outcomes(by, days, CASES),
    ]
    if by == "hour":
        rows = [row._replace(key=f"{int(row.key):02}") for row in rows]
    return gathered(rows), {}


def added_up(by: str, days: Days) -> Work[Rows]:
    """Tallies by key, metric and bucket: the engine adds them up, whatever their number."""
    sql = f"""SELECT {by}, metric, bucket, SUM(count), SUM(total) FROM desk_tally
WHERE day >= ? AND day <= ? GROUP BY {by}, metric, bucket ORDER BY {by}, metric, bucket"""  # noqa: S608 - one of our columns
    return (yield sql, days.texts)


async def _topics(source: Source, days: Days) -> tuple[dict[str, Sums], dict[str, str]]:
    rows = await source.outcomes("topic", days, WHOLE)
    names = await Topics.of(source, {str(row.key) for row in rows})
    found = gathered(row._replace(key=names.class_of(str(row.key))) for row in rows)
    return found, {key: names.text(key) for key in found}


async def _causes(source: Source, days: Days) -> tuple[dict[str, Sums], dict[str, str]]:
    """Complaints by what staff found to be the cause when they closed them (S-167)."""
    begin, after = days.moments(source.zone)
    cases = Complaint.filter(opened_at__gte=begin, opened_at__lt=after)
    columns = ("cause", "state", "opened_at", "soothed_at", "closed_at")
    found: dict[str, Sums] = {}
    for cause, state, opened, soothed, closed in await cases.values_list(*columns):
        sums = found.setdefault(str(cause) or "none", {})
        sums.setdefault("complaints", Sum()).add(0)
        if soothed is not None:
            sums.setdefault("complaints.soothed", Sum()).add(0)
        if state == State.CLOSED:
            sums.setdefault("resolution", Sum()).add(_seconds(opened, closed))
    texts = {
        name: source.say("console.cause.none" if name == "none" else f"console.page.cause.{name}")
        for name in found
    }
    return found, texts


def _seconds(since: object, until: object) -> int:
    if isinstance(since, datetime) and isinstance(until, datetime):
        return max(0, round((until - since).total_seconds()))
    return 0
