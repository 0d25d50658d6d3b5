"""``[plugins.handoff]``."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.effects import Address
from core.message import ConversationKind
from core.plugin import PluginSettings

WEEK = (1, 2, 3, 4, 5, 6, 7)


class StaffRoom(BaseModel):
    """Where staff read notices: a conversation on a channel, and whom to mention there."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    channel: str
    conversation: str
    kind: ConversationKind = ConversationKind.GROUP
    people: tuple[str, ...] = ()

    @property
    def address(self) -> Address:
        """As the core addresses it."""
        return Address(self.channel, self.conversation, self.kind)


class Hours(BaseModel):
    """When people are there: shop time, on ISO weekdays (1 is Monday)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    opens: time
    closes: time
    days: tuple[int, ...] = WEEK

    @model_validator(mode="after")
    def _sensible(self) -> Hours:
        if self.opens >= self.closes or not self.days or set(self.days) - set(WEEK):
            raise ValueError("opens must be before closes, and days lie in 1..7")
        return self

    def next_open(self, now: datetime, zone: ZoneInfo) -> datetime:
        """``now`` itself while people are there, otherwise when they come."""
        local = now.astimezone(zone)
        for ahead in range(8):
            day = local.date() + timedelta(days=ahead)
            opens = datetime.combine(day, self.opens, zone)
            closes = datetime.combine(day, self.closes, zone)
            if day.isoweekday() in self.days and local < closes:
                return max(now, opens)
        raise AssertionError("a week has every weekday")


class HandoffSettings(PluginSettings):
    """Who is told of a request, and how long a customer waits for a person.

    ``staff``: where a request is announced. ``answer_within``: minutes until the customer gets an
    apology and staff a reminder. ``hours``: leave out where somebody is always there. ``policy``:
    who gets what waits, among those who are online and have a place free; ``manual``: whoever takes
    it. ``last_agent``: whoever served the customer before comes first. ``leave_minutes``: so long
    after going offline somebody's conversations go back to the queue.
    """

    staff: StaffRoom | None = None
    answer_within: float = Field(5.0, gt=0)
    hours: Hours | None = None
    policy: Literal["least_busy", "round_robin", "manual"] = "least_busy"
    last_agent: bool = True
    leave_minutes: float = Field(3.0, ge=0)
