"""``[plugins.console]``."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from core.plugin import PluginSettings
from plugins.console.quality.settings import QualitySettings
from plugins.console.sla.calendar import Calendar, always
from plugins.console.sla.clocks import Policy, What
from plugins.handoff.face import StaffRoom

WEEK = (1, 2, 3, 4, 5, 6, 7)


class WorkSpan(BaseModel):
    """A part of the day, on ISO weekdays (1 is Monday)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    opens: time
    closes: time
    days: tuple[int, ...] = WEEK


class Ear(BaseModel):
    """Who hears that a promise is nearly over (``amber``) or broken (``breach``).

    ``what``: of which promises. ``staff``: logins, or ``owner`` for whoever has the conversation,
    or a role such as ``supervisor`` for all who have it. ``room``: where it is written too.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    step: Literal["amber", "breach"]
    what: tuple[What, ...] = tuple(What)
    staff: tuple[str, ...] = ()
    room: StaffRoom | None = None


class SlaSettings(BaseModel):
    """Promises in minutes of working time; leave out what is not promised.

    ``next_minutes`` follows on one of the others. ``spans``: when the clocks run, several a day if
    need be; none: always. ``off``: days without work. ``on``: days worked although they are off or
    a weekend, with the spans of a Monday.
    ``hears``: who is told; nobody named: the staff room of the handoff.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    first_minutes: float | None = Field(default=None, gt=0)
    next_minutes: float | None = Field(default=None, gt=0)
    resolution_minutes: float | None = Field(default=None, gt=0)
    warn_share: float = Field(default=0.8, gt=0, lt=1)
    spans: tuple[WorkSpan, ...] = ()
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()
    hears: tuple[Ear, ...] = ()

    def policy(self, zone: ZoneInfo) -> Policy:
        """As the engine takes it."""
        return Policy(
            first=_span(self.first_minutes),
            next=_span(self.next_minutes),
            resolution=_span(self.resolution_minutes),
            calendar=self._calendar(zone),
            warn=self.warn_share,
        )

    def _calendar(self, zone: ZoneInfo) -> Calendar:
        if not self.spans:
            return always(zone)
        ordered = sorted(self.spans, key=lambda span: span.opens)
        week = {
            day: tuple((span.opens, span.closes) for span in ordered if day in span.days)
            for day in WEEK
        }
        return Calendar(zone, week, self.off, dict.fromkeys(self.on, week[1]))


class ConsoleSettings(PluginSettings):
    """The desk.

    ``session_hours``: a session ends so long after its last use. ``tries`` wrong passwords within
    ``lock_minutes`` close an account for that time. ``address_tries``: wrong ones from one address
    in that time. ``capacity``: conversations that a new person takes at once. ``sla``: what is
    promised to whoever asks for a person. ``monitoring_notice``: customers hear once, where a
    person takes over, that chats may be reviewed. ``quality``: how they are.
    ``report_at``: when the report of a week (on Monday) and of a month (on the first) comes.
    """

    session_hours: float = Field(12.0, gt=0)
    tries: int = Field(5, ge=2)
    address_tries: int = Field(30, ge=5)
    lock_minutes: float = Field(15.0, gt=0)
    capacity: int = Field(8, ge=1, le=100)
    sla: SlaSettings | None = None
    monitoring_notice: bool = True
    quality: QualitySettings = QualitySettings()
    report_at: time = time(8)

    def promises(self, zone: ZoneInfo) -> Policy:
        """What is promised, in the shop's zone."""
        return (self.sla or SlaSettings()).policy(zone)


def _span(minutes: float | None) -> timedelta | None:
    return timedelta(minutes=minutes) if minutes is not None else None
