"""The weekly posts of groups, changed at the desk: lawful words, and deadlines that follow."""

from __future__ import annotations

from core.effects import Effects
from plugins.console.ask import Ask
from plugins.console.problems import Problem
from plugins.groups.face import GroupSettings, check, reason_values, schedule


def take_up(ask: Ask, effects: Effects, before: GroupSettings, fresh: GroupSettings) -> None:
    """Let slots post from their next day on; raises :class:`Problem` for unlawful words."""
    for slot in fresh.slots:
        found = [] if slot in before.slots else check(slot.text)
        if found:
            why = ask.say(found[0].reason, **reason_values(found[0]))
            raise Problem(400, "bad-request", fields={"value": f"{slot.name}: {why}"})
    schedule(effects, fresh.slots, ask.desk.shop.zone)
