"""Numbers: read from the tallies alone, so a report costs the same with a million messages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from aiohttp import web
from pydantic import Field

from core.store.sql import Rows, Work
from plugins.console.ask import Ask
from plugins.console.buckets import percentile
from plugins.console.problems import Problem
from plugins.console.table import Shape

LONGEST = 366  # days
By = Literal["day", "hour", "channel", "agent"]


class Span(Shape):
    """Which days (shop time, both included), and by what they are added up."""

    from_: date | None = Field(None, alias="from")
    to: date | None = None
    by: By = "day"


class Value(Shape):
    """One number: how often, the sum, and where it lies."""

    count: int
    sum: int
    mean: float | None
    p50: float | None
    p90: float | None


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
    """A report."""

    from_: date = Field(serialization_alias="from")
    to: date
    by: By
    metrics: list[Metric]
    rows: list[Row]


@dataclass(slots=True)
class Sum:
    """One metric added up, by bucket."""

    total: int = 0
    buckets: dict[int, int] = field(default_factory=dict[int, int])

    def value(self, *, timed: bool) -> Value:
        """As the report shows it."""
        count = sum(self.buckets.values())
        return Value(
            count=count,
            sum=self.total,
            mean=round(self.total / count, 1) if count and timed else None,
            p50=percentile(self.buckets, 0.5) if timed else None,
            p90=percentile(self.buckets, 0.9) if timed else None,
        )


TARGETS: dict[str, tuple[str, float | None, str]] = {  # unit, target, what is better
    "heard": ("count", None, "more"),
    "answered": ("count", None, "more"),
    "said": ("count", None, "more"),
    "asked": ("count", None, "less"),
    "taken": ("seconds", None, "less"),
    "first_response": ("seconds", 300, "less"),  # S-395: 5 minutes
    "response": ("seconds", 300, "less"),
    "resolution": ("seconds", None, "less"),
    "closed.solved": ("count", None, "more"),
    "closed.unsolved": ("count", None, "less"),
    "closed.no-answer": ("count", None, "less"),
    "rated": ("score", 4.25, "more"),  # S-408: 85 % of five
}


async def get_numbers(ask: Ask, query: Span) -> Numbers:
    """A report."""
    begin, end = _days(ask, query)
    await ask.desk.tail.catch_up()
    rows = await ask.desk.writer.look(lambda: added_up(query.by, begin, end))
    sums: dict[str, dict[str, Sum]] = {}
    for key, metric, bucket, count, total in rows:
        name = f"{key:02}" if query.by == "hour" else key
        if name:
            found = sums.setdefault(name, {}).setdefault(metric, Sum())
            found.buckets[bucket] = int(count)
            found.total += int(total)
    return Numbers(
        from_=begin,
        to=end,
        by=query.by,
        metrics=[_metric(ask, name) for name in TARGETS],
        rows=[Row(key=key, values=_values(found)) for key, found in sorted(sums.items())],
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
    writer.writerow([query.by, *_columns(report.metrics)])
    for row in report.rows:
        writer.writerow([safe(row.key), *_cells(report.metrics, row.values)])
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
    unit, target, better = TARGETS[name]
    return Metric(
        name=name,
        unit=unit,  # type: ignore[arg-type] - from the table
        text=ask.say(f"console.metric.{name}"),
        target=target,
        better=better,  # type: ignore[arg-type]
    )


def _values(found: Mapping[str, Sum]) -> dict[str, Value]:
    return {
        name: total.value(timed=TARGETS[name][0] != "count")
        for name, total in sorted(found.items())
        if name in TARGETS
    }


def _columns(metrics: Sequence[Metric]) -> Iterable[str]:
    for metric in metrics:
        yield metric.text
        if metric.unit != "count":
            yield from (f"{metric.text} (mean)", f"{metric.text} (P50)", f"{metric.text} (P90)")


def _cells(metrics: Sequence[Metric], values: Mapping[str, Value]) -> Iterable[object]:
    for metric in metrics:
        value = values.get(metric.name)
        yield value.count if value else 0
        if metric.unit != "count":
            yield from (value.mean, value.p50, value.p90) if value else ("", "", "")
