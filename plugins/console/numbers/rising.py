"""What is asked more in these seven days than in the four weeks before (S-479)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import Field

from plugins.console.numbers.source import Days, Found, Source
from plugins.console.numbers.topics import Topics
from plugins.console.table import Shape

WEEK, BEFORE = timedelta(days=7), 4  # weeks
LEAST = 3  # times in the week
RISE = 1.2  # times as often as before, or it is the same as ever
MOST = 20
ANSWERS = "answers"  # the metric: an entry of the FAQ was the answer
DULL = {"", "missed"}  # no topic: what was missed is told by its words
Kind = Literal["class", "entry", "missed"]


class Rise(Shape):
    """``before``: as often in a week, on average; ``ratio``: null where it is new."""

    kind: Kind
    key: str
    text: str
    count: int
    before: float
    ratio: float | None


class Rising(Shape):
    """What rises, the most at first; ``weeks``: how many of the weeks before there were."""

    from_: date = Field(serialization_alias="from")
    to: date
    weeks: int
    items: list[Rise]


async def rising(source: Source, end: date) -> Rising:
    """Classes of enquiries and entries of the FAQ, in the week that ends with that day."""
    begin = end - WEEK + timedelta(days=1)
    early = Days(begin - BEFORE * WEEK, begin - timedelta(days=1))
    metrics = ("enquiries", ANSWERS)
    now = await source.outcomes("topic", Days(begin, end), metrics)
    past = await source.outcomes("topic", early, metrics)
    days = await source.outcomes("day", early, ("enquiries", ANSWERS))
    first = min((str(row.key) for row in days), default="")
    weeks = _weeks(begin, date.fromisoformat(first)) if first else 0
    names = await Topics.of(source, (str(row.key) for row in (*now, *past)))
    ways: tuple[tuple[Kind, str, Callable[[str], str]], ...] = (
        ("class", "enquiries", names.class_of),
        ("entry", ANSWERS, str),
    )
    found: list[Rise] = []
    for kind, metric, key_of in ways:
        counts, olds = _counted(now, metric, key_of), _counted(past, metric, key_of)
        found += [
            rise
            for key, count in counts.items()
            if key not in DULL
            and (rise := rise_of(kind, (key, names.text(key)), count, olds[key], weeks))
        ]
    return Rising(from_=begin, to=end, weeks=weeks, items=ordered(found))


def missed(words: Iterable[tuple[str, str, list[datetime]]], now: datetime) -> list[Rise]:
    """The same of questions that were asked in vain: each with its key, words and moments."""
    begin = now - WEEK
    found: list[Rise] = []
    for key, text, moments in words:
        late = sum(at > begin for at in moments)
        early = sum(begin - BEFORE * WEEK < at <= begin for at in moments)
        if rise := rise_of("missed", (key, text), late, early, BEFORE):
            found.append(rise)
    return ordered(found)


def rise_of(kind: Kind, name: tuple[str, str], count: int, past: int, weeks: int) -> Rise | None:
    """What rises, or ``None`` for what does not."""
    before = past / weeks if weeks else 0.0
    if count < LEAST or count < before * RISE:
        return None
    ratio = round(count / before, 2) if before else None
    return Rise(
        kind=kind, key=name[0], text=name[1], count=count, before=round(before, 2), ratio=ratio
    )


def ordered(found: Iterable[Rise]) -> list[Rise]:
    """Those that rise most at first: how far above what was to be expected, for its size."""
    return sorted(
        found,
        key=lambda one: (-(one.count - one.before) / (one.before + 1) ** 0.5, one.key),
    )[:MOST]


def _weeks(begin: date, first: date) -> int:
    return min(BEFORE, max(1, -(-(begin - first).days // 7)))


def _counted(rows: Iterable[Found], metric: str, key_of: Callable[[str], str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        if row.metric == metric:
            found[key_of(str(row.key))] += int(row.times)
    return found
