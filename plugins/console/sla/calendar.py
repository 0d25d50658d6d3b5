"""Working time: spans of the week, days off, and days worked instead. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MIDNIGHT = time(0)
Span = tuple[time, time]
FAR = 800  # days: a calendar without working time must not be searched for ever


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a clock runs, in the shop's zone.

    ``week``: the spans of each ISO weekday, in order; an end of midnight is the day's end.
    ``off``: days without work. ``on``: days that have other spans than their weekday.
    """

    zone: ZoneInfo
    week: dict[int, tuple[Span, ...]]
    off: frozenset[date] = frozenset()
    on: dict[date, tuple[Span, ...]] = field(default_factory=dict[date, tuple[Span, ...]])

    def spans(self, day: date) -> tuple[Span, ...]:
        """The working spans of a day."""
        if day in self.on:
            return self.on[day]
        return () if day in self.off else self.week.get(day.isoweekday(), ())

    def add(self, start: datetime, work: timedelta) -> datetime:
        """When so much working time from ``start`` on is used up.

        Without any left it is ``start`` itself, whatever the hour. Raises :class:`ValueError` where
        the calendar has not that much work in two years.
        """
        if work <= timedelta(0):
            return start
        for begin, end in self._from(start):
            if end - begin >= work:
                return begin + work
            work -= end - begin
        raise ValueError("this calendar has too little working time")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments."""
        total = timedelta(0)
        for begin, stop in self._from(start):
            if begin >= end:
                break
            total += min(stop, end) - begin
        return total

    def _from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working spans from ``start`` on, as moments in UTC: a day may have 23 or 25 hours."""
        first = start.astimezone(self.zone).date()
        for ahead in range(FAR):
            day = first + timedelta(days=ahead)
            for opens, closes in self.spans(day):
                last = day if closes != MIDNIGHT else day + timedelta(days=1)
                begin = datetime.combine(day, opens, self.zone).astimezone(UTC)
                end = datetime.combine(last, closes, self.zone).astimezone(UTC)
                if end > start and end > begin:
                    yield max(begin, start), end


def always(zone: ZoneInfo) -> Calendar:
    """Round the clock."""
    return Calendar(zone, dict.fromkeys(range(1, 8), ((MIDNIGHT, MIDNIGHT),)))
