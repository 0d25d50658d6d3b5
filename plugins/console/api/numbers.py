"""Numbers: read from the tallies alone, so a report costs the same with a million messages."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Literal

from aiohttp import web
from pydantic import Field

from core.store.sql import Rows, Work
from plugins.console.ask import Ask
from plugins.console.figures import (
    BOUNDS,
    GOALS,
    Sum,
    Sums,
    Value,
    cells,
    columns,
    values,
    whole,
)
from plugins.console.problems import Problem
from plugins.console.table import Shape

LONGEST = 366  # days
By = Literal["day", "hour", "channel", "agent"]


class Span(Shape):
    """Which days (shop time, both included), and by what they are added up."""

    from_: date | None = Field(None, alias="from")
    to: date | None = None
    by: By = "day"


class Metric(Shape):
    """What is counted. ``target``: a share or value that ought to be reached."""

    name: str
    unit: Literal["count", "seconds", "share", "score"]
    text: str
    target: float | None
    better: Literal["more", "less"]


class Row(Shape):
    """One day, hour, channel or agent."""

    key: str
    values: dict[str, Value]


class Numbers(Shape):
    """A report. ``bounds``: the seconds up to which each number of a ``spread`` counts."""

    from_: date = Field(serialization_alias="from")
    to: date
    by: By
    bounds: list[int]
    metrics: list[Metric]
    rows: list[Row]
    total: dict[str, Value]


async def get_numbers(ask: Ask, query: Span) -> Numbers:
    """A report."""
    begin, end = _days(ask, query)
    await ask.desk.tail.catch_up()
    rows = await ask.desk.writer.look(lambda: added_up(query.by, begin, end))
    sums: dict[str, Sums] = {}
    for key, metric, bucket, count, total in rows:
        name = f"{key:02}" if query.by == "hour" else str(key)
        if name or query.by == "agent":
            found = sums.setdefault(name, {}).setdefault(metric, Sum())
            found.buckets[bucket] = int(count)
            found.total += int(total)
    return Numbers(
        from_=begin,
        to=end,
        by=query.by,
        bounds=list(BOUNDS),
        metrics=[_metric(ask, name) for name in GOALS],
        rows=[Row(key=key, values=values(found)) for key, found in sorted(sums.items()) if key],
        total=values(whole(sums.values())),
    )


def added_up(by: By, begin: date, end: date) -> Work[Rows]:
    """Tallies by key, metric and bucket: the engine adds them up, whatever their number."""
    sql = f"""SELECT {by}, metric, bucket, SUM(count), SUM(total) FROM desk_tally
WHERE day >= ? AND day <= ? GROUP BY {by}, metric, bucket ORDER BY {by}, metric, bucket"""  # noqa: S608 - one of four names
    return (yield sql, (begin.isoformat(), end.isoformat()))


async def get_numbers_csv(ask: Ask, query: Span) -> web.Response:
    """The same as a table for a spreadsheet."""
    report = await get_numbers(ask, query)
    text = io.StringIO()
    writer = csv.writer(text)
    texts = [metric.text for metric in report.metrics]
    writer.writerow([query.by, *columns(list(zip(texts, GOALS.values(), strict=True)))])
    for row in report.rows:
        writer.writerow([safe(row.key), *cells(row.values)])
    name = f"numbers-{report.from_}-{report.to}-{report.by}.csv"
    return web.Response(
        body=("\ufeff" + text.getvalue()).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def safe(text: str) -> str:
    """No cell begins like a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _days(ask: Ask, query: Span) -> tuple[date, date]:
    today = ask.desk.clock.now().astimezone(ask.desk.texts.zone).date()
    end = query.to or today
    begin = query.from_ or end - timedelta(days=min(6, end.toordinal() - 1))
    if begin > end or (end - begin).days > LONGEST:
        raise Problem(400, "bad-request", fields={"from": "1..366"})
    return begin, end


def _metric(ask: Ask, name: str) -> Metric:
    goal, text = GOALS[name], ask.say(f"console.metric.{name}")
    return Metric(name=name, unit=goal.unit, text=text, target=goal.target, better=goal.better)
