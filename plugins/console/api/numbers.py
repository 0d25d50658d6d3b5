"""Numbers: read from the tallies alone, so a report costs the same with a million messages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from aiohttp import web
from pydantic import Field

from plugins.console.ask import Ask
from plugins.console.figures import BOUNDS, GOALS, Value, cells, columns, values, whole
from plugins.console.numbers.source import Days, Source
from plugins.console.numbers.totals import By, totals
from plugins.console.problems import Problem
from plugins.console.table import Shape

LONGEST = 366  # days
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)  # with room to reckon from


class Dates(Shape):
    """Which days (shop time, both included)."""

    from_: date | None = Field(None, alias="from", ge=EARLIEST, le=LATEST)
    to: date | None = Field(None, ge=EARLIEST, le=LATEST)


class Span(Dates):
    """And by what they are added up."""

    by: By = "day"


class Metric(Shape):
    """What is counted. ``target``: a share or value that ought to be reached."""

    name: str
    unit: Literal["count", "seconds", "share", "score"]
    text: str
    target: float | None
    better: Literal["more", "less"]


class Row(Shape):
    """One day, hour, channel, agent or class of topics; ``text``: the key in words."""

    key: str
    text: str
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
    days = days_of(ask, query)
    await ask.desk.tail.catch_up()
    sums, texts = await totals(Source.of(ask), query.by, days)
    total = values(whole(sums.values()))
    known = sums if texts else {key: found for key, found in sums.items() if key}
    return Numbers(
        from_=days.begin,
        to=days.end,
        by=query.by,
        bounds=list(BOUNDS),
        metrics=[_metric(ask, name) for name in GOALS if not texts or name in total],
        rows=[
            Row(key=key, text=texts.get(key, key), values=values(found))
            for key, found in sorted(known.items())
        ],
        total=total,
    )


async def get_numbers_csv(ask: Ask, query: Span) -> web.Response:
    """The same as a table for a spreadsheet."""
    report = await get_numbers(ask, query)
    goals = [(metric.name, metric.text, GOALS[metric.name]) for metric in report.metrics]
    head = [query.by, *columns([(text, goal) for _, text, goal in goals])]
    names = [name for name, _, _ in goals]
    lines = [[row.text, *cells(row.values, names)] for row in report.rows]
    return sheet(f"numbers-{report.from_}-{report.to}-{report.by}", [head, *lines])


def sheet(name: str, lines: Iterable[Iterable[object]]) -> web.Response:
    """A table as a file that spreadsheets open, in their encoding."""
    text = io.StringIO()
    writer = csv.writer(text)
    for line in lines:
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in line])
    return web.Response(
        body=("\ufeff" + text.getvalue()).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
        },
    )


def safe(text: str) -> str:
    """No cell begins like a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def days_of(ask: Ask, query: Dates) -> Days:
    """The days that are asked for, the last seven otherwise."""
    today = ask.desk.clock.now().astimezone(ask.desk.texts.zone).date()
    end = query.to or today
    begin = query.from_ or end - timedelta(days=6)
    if begin > end or (end - begin).days > LONGEST:
        raise Problem(400, "bad-request", fields={"from": "1..366"})
    return Days(begin, end)


def _metric(ask: Ask, name: str) -> Metric:
    goal, text = GOALS[name], ask.say(f"console.metric.{name}")
    return Metric(name=name, unit=goal.unit, text=text, target=goal.target, better=goal.better)
