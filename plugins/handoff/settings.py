"""``[plugins.handoff]``."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from core.effects import Address
from core.message import ConversationKind
from core.plugin import PluginSettings
from plugins.handoff.rules import TRIGGERS, Demand, Trigger

WEEK = (1, 2, 3, 4, 5, 6, 7)
YEAR = 366  # days that are looked ahead for one with people


class StaffRoom(BaseModel):
    """Where staff read notices: a conversation on a channel, and whom to mention there.

    ``buttons``: notices of a conversation carry buttons to take it and to be done with it, and one
    to open it where ``desk`` says what the desk's address is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    channel: str
    conversation: str
    kind: ConversationKind = ConversationKind.GROUP
    people: tuple[str, ...] = ()
    buttons: bool = False
    desk: str = Field(default="", pattern=r"^(https?://\S+)?$")

    @property
    def address(self) -> Address:
        """As the core addresses it."""
        return Address(self.channel, self.conversation, self.kind)


class Hours(BaseModel):
    """When people are there: shop time, on ISO weekdays (1 is Monday).

    ``off``: days without anybody. ``on``: days worked although they are none of ``days``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    opens: time
    closes: time
    days: tuple[int, ...] = WEEK
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    @model_validator(mode="after")
    def _sensible(self) -> Hours:
        if self.opens >= self.closes or not self.days or set(self.days) - set(WEEK):
            words = "opens must be before closes, and days lie in 1..7"
            raise PydanticCustomError("handoff.setting_hours", words)
        return self

    def next_open(self, now: datetime, zone: ZoneInfo) -> datetime:
        """``now`` itself while people are there, otherwise when they come."""
        local = now.astimezone(zone)
        for ahead in range(YEAR):
            day = local.date() + timedelta(days=ahead)
            opens = datetime.combine(day, self.opens, zone)
            closes = datetime.combine(day, self.closes, zone)
            if self._works(day) and local < closes:
                return max(now, opens)
        return datetime.combine(local.date() + timedelta(days=YEAR), self.opens, zone)

    def _works(self, day: date) -> bool:
        return day in self.on or (day.isoweekday() in self.days and day not in self.off)


class HandoffSettings(PluginSettings):
    """Who is told of a request, and how long a customer waits for a person.

    ``staff``: where a request is announced. ``answer_within``: minutes until the customer gets an
    apology and staff a reminder. ``hours``: leave out where somebody is always there. ``policy``:
    who gets what waits, among those who are online and have a place free; ``manual``: whoever takes
    it. ``last_agent``: whoever served the customer before comes first. ``leave_minutes``: so long
    after going offline somebody's conversations go back to the queue. ``triggers``: when a person
    is called, and what each reason is worth in the queue. ``emotion_points``, ``value_points``:
    minutes in advance for each level of feelings and each tier. ``skills``: who is wanted for what;
    after ``skill_minutes`` without one of those, anybody will do. ``members``: who somebody of a
    staff channel (a WeCom userid) is at the desk, by login, for the buttons of notices; the same
    name needs no entry.
    """

    staff: StaffRoom | None = None
    answer_within: float = Field(5.0, gt=0)
    hours: Hours | None = None
    policy: Literal["least_busy", "round_robin", "manual"] = "least_busy"
    last_agent: bool = True
    leave_minutes: float = Field(3.0, ge=0)
    triggers: tuple[Trigger, ...] = TRIGGERS
    emotion_points: int = Field(default=10, ge=0, le=120)
    value_points: int = Field(default=10, ge=0, le=120)
    skills: tuple[Demand, ...] = ()
    skill_minutes: float = Field(5.0, ge=0)
    members: dict[str, str] = Field(default_factory=dict[str, str])
