"""``[plugins.complaints]``."""

from __future__ import annotations

from datetime import time

from pydantic import Field

from core.plugin import PluginSettings
from plugins.handoff.face import StaffRoom


class Level(StaffRoom):
    """The people of one rung of the ladder: where they read, and who is mentioned."""

    name: str


class ComplaintSettings(PluginSettings):
    """The three clocks in minutes from opening (S-188, S-189, S-190), and whom they call.

    ``levels``: first the people who take complaints, then those above them; a missed clock goes one
    level up. ``warn_share``: the part of a clock after which its people are reminded.
    ``hand_over_from``: the severity (2 or 3) from which a person takes the chat; 4 never does.
    ``lead_minutes``: in public, a viewer's complaint is reported at most once in that time.
    ``nudges``: so many times "anybody there?" or a grumble within ``nudge_minutes`` without a
    person's answer are a complaint, and so is one ``promise_minutes`` after a person's promise.
    ``follow_up_days``, ``follow_up_at``: when staff ask again after closing (S-196), shop time.
    """

    soothe_minutes: float = Field(10.0, gt=0)
    plan_minutes: float = Field(30.0, gt=0)
    close_minutes: float = Field(120.0, gt=0)
    warn_share: float = Field(0.8, gt=0, lt=1)
    levels: tuple[Level, ...] = ()
    hand_over_from: int = Field(2, ge=2, le=4)
    lead_minutes: float = Field(10.0, gt=0)
    nudges: int = Field(3, ge=2)
    nudge_minutes: float = Field(60.0, gt=0)
    promise_minutes: float = Field(30.0, gt=0)
    follow_up_days: int = Field(3, ge=1)
    follow_up_at: time = time(10)
