"""What management reads of a week or a month, on one page (S-471, S-472, S-475)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from plugins.console.figures import BOUNDS, GOALS, Goal, Sums, Value, values, whole
from plugins.console.numbers import paper
from plugins.console.numbers.chain import chain
from plugins.console.numbers.rising import rising
from plugins.console.numbers.source import Days, Say, Source
from plugins.console.numbers.stages import stages
from plugins.console.numbers.totals import totals

Kind = Literal["week", "month"]
SHOWN = (
    *("enquiries", "contained", "first_response", "first_contact"),
    *("solved", "satisfied", "back", "soothed"),
)
MOST = 8  # rows of a table, so that it stays one page
WEEK, MINUTE, HOUR = 7, 60, 3600


def days_of(kind: Kind, day: date) -> Days:
    """The week, Monday to Sunday, or the month that a day is in."""
    if kind == "week":
        begin = day - timedelta(days=day.weekday())
        return Days(begin, begin + timedelta(days=6))
    begin = day.replace(day=1)
    return Days(begin, (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1))


async def report(source: Source, kind: Kind, days: Days, shop: str, now: datetime) -> str:
    """The page as HTML."""
    say, by_day = source.say, (await totals(source, "day", days))[0]
    before = values(whole((await totals(source, "day", days.before))[0].values()))
    title = say(f"console.report.{kind}", shop=shop)
    made = f"{now.astimezone(source.zone):%Y-%m-%d %H:%M}"
    subtitle = say("console.report.span", begin=days.begin, end=days.end, made=made)
    sections = [
        _figures(say, values(whole(by_day.values())), before),
        _volume(say, days, by_day),
        await _chain(source, days),
        f'<div class="two">{await _classes(source, days)}{await _rising(source, days)}</div>',
        await _stages(source, days),
    ]
    return paper.page(say("console.report.language"), title, subtitle, sections)


def _figures(say: Say, now: dict[str, Value], before: dict[str, Value]) -> str:
    found: list[tuple[str, str, str, bool]] = []
    for name in SHOWN:
        goal = GOALS[name]
        figure, past = _main(goal, now.get(name)), _main(goal, before.get(name))
        below = [say("console.report.before", value=_said(say, goal, past))]
        if goal.target is not None:
            target = _said(say, goal, goal.target)
            below.insert(0, say("console.page.numbers.target", value=target))
        text = say(f"console.metric.{name}")
        found.append((text, _said(say, goal, figure), " · ".join(below), _off(goal, figure)))
    return paper.tiles(found)


def _volume(say: Say, days: Days, by_day: dict[str, Sums]) -> str:
    title, long = say("console.metric.enquiries"), (days.end - days.begin).days + 1
    dates = [str(days.begin + timedelta(days=n)) for n in range(long)]
    bars = [(day[5:], _count(values(by_day.get(day, {})))) for day in dates]
    weeks = [bars[first : first + WEEK] for first in range(0, long, WEEK)]
    sums = [(f"{week[0][0]} – {week[-1][0]}", sum(n for _, n in week)) for week in weeks]
    told = bars if len(weeks) == 1 else sums  # a month's days would be too many columns
    table = paper.table(("", *(day for day, _ in told)), [(title, *(str(n) for _, n in told))])
    return paper.section(say("console.report.volume"), paper.bars(title, bars), table)


async def _chain(source: Source, days: Days) -> str:
    say, found = source.say, await chain(source, days)
    heads = [say(f"console.page.numbers.{n}") for n in ("link", "came", "through", "share", "goal")]
    share = Goal("share", "more")
    rows = [
        (o.text, str(o.whole), str(o.part), *(_said(say, share, n) for n in (o.share, o.target)))
        for o in found.links
    ]
    named = [one.text for one in found.links if one.name == found.weakest]
    words = [say("console.page.numbers.weakest", link=text) for text in named]
    words += [
        one.insight.text
        for one in found.links
        if one.insight and one.share is not None and one.share < one.target
    ]
    said = words or [say("console.page.numbers.all_hold")]
    title = say("console.page.numbers.chain")
    return paper.section(title, paper.table(heads, rows), paper.lines(said))


async def _classes(source: Source, days: Days) -> str:
    say = source.say
    sums, texts = await totals(source, "topic", days)
    found = {key: values(each) for key, each in sums.items()}
    names = ("enquiries", "contained", "solved")
    largest = sorted(found, key=lambda key: (-_count(found[key]), key))[:MOST]
    rows = [
        (texts[key], *(_said(say, GOALS[n], _main(GOALS[n], found[key].get(n))) for n in names))
        for key in largest
    ]
    heads = ("", *(say(f"console.metric.{name}") for name in names))
    return paper.section(say("console.page.by_topic"), paper.table(heads, rows))


async def _rising(source: Source, days: Days) -> str:
    say, found = source.say, await rising(source, days.end)
    title = say("console.page.numbers.rising")
    if not found.items:
        return paper.section(title, paper.lines([say("console.page.numbers.no_rise")]))
    heads = [say(f"console.page.numbers.{n}") for n in ("topic", "this_week", "before", "ratio")]
    rows = [
        (
            o.text,
            str(o.count),
            f"{o.before:g}",
            f"{o.ratio:g}×" if o.ratio else say("console.page.numbers.new"),
        )
        for o in found.items[:MOST]
    ]
    return paper.section(title, paper.table(heads, rows))


async def _stages(source: Source, days: Days) -> str:
    say, found = source.say, await stages(source, days, list(BOUNDS))
    heads = [say(f"console.page.numbers.{name}") for name in ("stage", "count", "median")]
    seconds = Goal("seconds", "less")
    rows = [
        (o.text, str(o.value.count), *(_said(say, seconds, n) for n in (o.value.p50, o.value.p90)))
        for o in found.stages
    ]
    late = sum(found.late.values())
    said = [say("console.page.numbers.late", count=late, **found.late)] if late else []
    title = say("console.page.numbers.stages")
    return paper.section(title, paper.table([*heads, "P90"], rows), paper.lines(said))


def _count(found: dict[str, Value]) -> int:
    return found["enquiries"].count if "enquiries" in found else 0


def _main(goal: Goal, value: Value | None) -> float | None:
    """The number of a metric that stands for the others."""
    if value is None:
        return None
    if goal.unit == "count":
        return value.count
    return value.p50 if goal.unit == "seconds" else value.mean


def _off(goal: Goal, figure: float | None) -> bool:
    if figure is None or goal.target is None:
        return False
    return figure < goal.target if goal.better == "more" else figure > goal.target


def _said(say: Say, goal: Goal, figure: float | None) -> str:
    if figure is None:
        return "–"
    if goal.unit == "share":
        return f"{figure:.1%}"
    if goal.unit != "seconds":
        return f"{figure:g}"
    if figure < MINUTE:
        return say("console.page.time.seconds", n=round(figure))
    if figure < HOUR:
        return say("console.page.time.minutes", n=round(figure / MINUTE))
    return say("console.page.time.hours", n=f"{figure / HOUR:.1f}")
