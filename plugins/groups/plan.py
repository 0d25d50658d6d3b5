"""When a slot posts: pure calendar arithmetic in the shop's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from plugins.groups.models import Slot
from plugins.groups.settings import DAYS, WeeklySlot


@dataclass(frozen=True, slots=True)
class Plan:
    """A slot, whether from the settings or added by command.

    Weekly with ``day`` (0 is Monday) and ``clock``, or once ``at`` a moment.
    """

    name: str
    groups: tuple[str, ...]
    text: str
    file: Path | None = None
    day: int | None = None
    clock: time | None = None
    at: datetime | None = None
    row: int | None = None  # the id of an added slot

    def next_after(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The first occurrence later than ``moment``, in UTC; ``None`` when it has had its day."""
        if self.at is not None:
            return self.at if self.at > moment else None
        if self.day is None or self.clock is None:
            return None
        local = moment.astimezone(zone)
        for ahead in range(9):
            date = local.date() + timedelta(days=ahead)
            found = datetime.combine(date, self.clock, zone).astimezone(UTC)
            if date.weekday() == self.day and found > moment:
                return found
        return None

    def falls_on(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether ``moment`` is an occurrence: not so when the slot was moved meanwhile."""
        return self.next_after(moment - timedelta(seconds=1), zone) == moment

    def words(self) -> str:
        """The text to post; raises :class:`OSError` when its file cannot be read."""
        return (self.file.read_text(encoding="utf-8") if self.file else self.text).strip()

    def occurrence(self, moment: datetime) -> str:
        """The name of one occurrence, for unique keys."""
        return f"{self.name}@{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def from_settings(slot: WeeklySlot) -> Plan:
    """A plan of the settings file."""
    day = DAYS.index(slot.day)
    return Plan(slot.name, slot.groups, slot.text, slot.file, day, slot.time)


def from_row(slot: Slot) -> Plan:
    """A plan that was added by command."""
    clock = time.fromisoformat(slot.clock) if slot.clock else None
    groups = tuple(slot.groups)
    row: int = slot.id  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - Tortoise's
    return Plan(slot.name, groups, slot.text, None, slot.day, clock, slot.at, row)
