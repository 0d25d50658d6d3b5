"""What a report is made of: where to look, in whose words to say it, and over which days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from core.store.sql import Rows, Work
from core.store.writer import Writer
from plugins.console.ask import Ask
from plugins.console.figures import Sum, Sums


class Say(Protocol):
    """Renders a sentence of the catalogues in the reader's language."""

    def __call__(self, key: str, /, **values: Any) -> str:  # noqa: ANN401 - whatever a sentence takes
        """The sentence."""
        ...


class Days(NamedTuple):
    """Days of the shop, both included."""

    begin: date
    end: date

    @property
    def texts(self) -> tuple[str, str]:
        """As the tables keep them."""
        return self.begin.isoformat(), self.end.isoformat()

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From when on, and up to when."""
        after = self.end + timedelta(days=1)
        return tuple(datetime.combine(day, time.min, zone) for day in (self.begin, after))  # type: ignore[return-value] - two

    @property
    def before(self) -> Days:
        """As many days right before these; a calendar month: the month before."""
        last = self.begin - timedelta(days=1)
        if self.begin.day == 1 and (self.end + timedelta(days=1)).day == 1:
            return Days(last.replace(day=1), last)
        return Days(self.begin - (self.end - self.begin) - timedelta(days=1), last)


@dataclass(frozen=True, slots=True)
class Source:
    """``knows``: whether the shop has the FAQ, whose entries are topics."""

    writer: Writer
    zone: ZoneInfo
    say: Say
    knows: bool

    @classmethod
    def of(cls, ask: Ask) -> Source:
        """For the person who asks."""
        desk = ask.desk
        return cls(desk.writer, desk.texts.zone, ask.say, desk.knowledge is not None)

    async def outcomes(self, by: str, days: Days, metrics: Iterable[str]) -> list[Found]:
        """Outcomes by ``by`` (columns), metric and bucket: the engine adds them up.

        ``metrics``: names, or how they begin, with a dot at the end.
        """
        rows = await self.writer.look(lambda: _outcomes(by, days, list(metrics)))
        return [Found(*row) for row in rows]


class Found(NamedTuple):
    """One row of sums."""

    key: Any
    metric: str
    bucket: int
    times: int
    total: int


def gathered(rows: Iterable[Found]) -> dict[str, Sums]:
    """Rows by key, each metric a histogram."""
    found: dict[str, Sums] = {}
    for row in rows:
        into = found.setdefault(str(row.key), {}).setdefault(row.metric, Sum())
        number = int(row.bucket)
        into.buckets[number] = into.buckets.get(number, 0) + int(row.times)
        into.total += int(row.total)
    return found


def _outcomes(by: str, days: Days, metrics: list[str]) -> Work[Rows]:
    like = " OR ".join("metric LIKE ?" if name.endswith(".") else "metric = ?" for name in metrics)
    sql = f"""SELECT {by}, metric, bucket, SUM(count), SUM(total) FROM desk_outcome
WHERE day >= ? AND day <= ? AND ({like}) GROUP BY {by}, metric, bucket"""  # noqa: S608 - our columns and marks
    names = [f"{name}%" if name.endswith(".") else name for name in metrics]
    return (yield sql, (*days.texts, *names))
