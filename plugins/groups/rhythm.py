"""Slots that change while the shop is open: their next posts become deadlines at once."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from core.effects import Effects
from plugins.groups.diary import FIRE
from plugins.groups.plan import from_settings
from plugins.groups.settings import WeeklySlot


def schedule(effects: Effects, slots: Iterable[WeeklySlot], zone: ZoneInfo) -> None:
    """Set the next deadline of each slot.

    Those of slots that were moved or taken out stay: when they come, nothing falls on them.
    """
    for plan in map(from_settings, slots):
        moment = plan.next_after(effects.clock.now(), zone)
        if moment is not None:
            effects.at(moment, FIRE, plan.occurrence(moment), slot=plan.name)
