"""The report for management: made now, or as it was kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from aiohttp import web
from pydantic import Field

from core.texts import nearest
from plugins.console.api.numbers import EARLIEST, LATEST
from plugins.console.ask import Ask
from plugins.console.numbers.models import Report
from plugins.console.numbers.report import Kind, days_of, report
from plugins.console.numbers.source import Source
from plugins.console.problems import not_found
from plugins.console.table import Shape

MOST = 60  # of the list: more than a year of weeks
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class Wanted(Shape):
    """``of``: a day of the week or month, by default of the one before this one."""

    kind: Kind = "week"
    of: date | None = Field(None, ge=EARLIEST, le=LATEST)
    locale: Literal["", "zh_CN", "en"] = ""


class KeptShape(Shape):
    """A report that came by itself."""

    id: int
    kind: Kind
    begin: date
    end: date
    made_at: datetime


class KeptList(Shape):
    """The newest first."""

    items: list[KeptShape] = Field(max_length=MOST)


async def get_report(ask: Ask, query: Wanted) -> web.Response:
    """The page for a week or a month, made now."""
    desk = ask.desk
    now = desk.clock.now()
    begin = days_of(query.kind, now.astimezone(desk.texts.zone).date()).begin
    days = days_of(query.kind, query.of or begin - timedelta(days=1))
    await desk.tail.catch_up()
    locale = nearest(query.locale, ask.locale) if query.locale else ask.locale

    def say(key: str, /, **values: object) -> str:
        return desk.texts.render(key, locale, **values)

    source = Source(desk.writer, desk.texts.zone, say, desk.knowledge is not None)
    return _html(await report(source, query.kind, days, desk.shop.name, now))


async def list_reports(ask: Ask) -> KeptList:
    """Those that came by themselves."""
    rows = Report.all().order_by("-begin", "kind").limit(MOST)
    found = await rows.values(*KeptShape.model_fields)
    return KeptList(items=[KeptShape.model_validate(row) for row in found])


async def get_kept_report(ask: Ask) -> web.Response:
    """One of them, as it was read then."""
    try:
        begin = date.fromisoformat(ask.path["begin"])
    except ValueError:
        raise not_found() from None
    row = await Report.get_or_none(kind=ask.path["kind"], begin=begin)
    if row is None:
        raise not_found()
    return _html(row.html)


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html", charset="utf-8", headers=HEADERS)
