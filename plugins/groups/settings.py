"""``[plugins.groups]``."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from core.effects import Address
from core.message import ConversationKind
from core.plugin import PluginSettings

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(_Table):
    """A group, or the room of the staff: a conversation on a channel."""

    channel: str
    conversation: str
    kind: ConversationKind = ConversationKind.GROUP

    @property
    def address(self) -> Address:
        """As the core addresses it."""
        return Address(self.channel, self.conversation, self.kind)


class WeeklySlot(_Table):
    """A post of every week: on ``day`` at ``time`` (shop time), to ``groups``.

    ``file``, read anew for each post, may stand in for ``text``.
    """

    name: str = Field(min_length=1, max_length=60)
    day: Day
    time: time
    groups: tuple[str, ...] = Field(min_length=1)
    text: str = ""
    file: Path | None = None

    @model_validator(mode="after")
    def _one_source(self) -> WeeklySlot:
        if bool(self.text.strip()) == (self.file is not None):
            raise PydanticCustomError("groups.setting_source", "give either text or file")
        return self


class Quiet(_Table):
    """Hours in which no group is disturbed, shop time; may span midnight."""

    start: time
    end: time

    def covers(self, moment: time) -> bool:
        """Whether a local time lies in it; the end does not."""
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


class GroupSettings(PluginSettings):
    """``groups`` by name; ``slots`` of every week (S-329, S-330); others are added by command.

    ``per_day`` and ``per_week`` are the most posts a group gets (S-331), calendar days and weeks;
    ``per_month`` likewise, as many as the month has days if left out: more WeCom does not deliver
    (page 92135 of 2025-11-17).
    ``grace`` is how many minutes late a post may still go out; later it is skipped and reported.
    ``dry_run`` posts nothing and logs what it would have posted. ``staff`` hears of refused posts.

    Where members must confirm a post: how it goes is looked up every ``look_every`` minutes,
    whoever has not confirmed is reminded after ``remind_after`` hours (0: never), and after
    ``confirm_within`` hours the post is called off.
    """

    groups: dict[str, Place] = Field(default_factory=dict[str, Place])
    slots: tuple[WeeklySlot, ...] = ()
    quiet: Quiet | None = Quiet(start=time(22), end=time(8))
    per_day: int = Field(2, ge=1)
    per_week: int = Field(5, ge=1)
    per_month: int | None = Field(None, ge=1)
    grace: float = Field(30.0, ge=0)
    dry_run: bool = False
    look_every: float = Field(15.0, ge=1)
    remind_after: float = Field(2.0, ge=0)
    confirm_within: float = Field(24.0, gt=0)
    staff: Place | None = None

    @model_validator(mode="after")
    def _known(self) -> GroupSettings:
        names = [slot.name for slot in self.slots]
        if len(set(names)) != len(names):
            raise PydanticCustomError("groups.setting_twice", "two slots have the same name")
        unknown = {g for slot in self.slots for g in slot.groups} - set(self.groups)
        if unknown:
            known = ", ".join(sorted(self.groups)) or "-"
            facts = {"unknown": ", ".join(sorted(unknown)), "known": known}
            words = "unknown groups {unknown}; there are: {known}"
            raise PydanticCustomError("groups.setting_unknown", words, facts)
        return self
