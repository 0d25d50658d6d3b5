"""Clocks as a thread keeps them (JSON), the alarms they set, and how a page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from core.effects import Alarm
from plugins.console.shapes import Clock
from plugins.console.sla.clocks import Target, Targets, What

DUE = "console.sla_due"
WARN, BREACH = "warn", "breach"
_MOMENTS = ("due_at", "warn_at", "since", "met_at", "breached_at")


def dump(targets: Targets) -> dict[str, Any]:
    """As JSON."""
    return {str(what): _dump(target) for what, target in targets.items()}


def load(kept: Mapping[str, Any]) -> Targets:
    """From JSON."""
    return {What(name): _load(What(name), facts) for name, facts in kept.items()}


def alarms(conversation: int, before: Targets, after: Targets) -> Iterable[Alarm]:
    """What must be set, moved or forgotten after a change."""
    for what in {**before, **after}:
        old, new = before.get(what), after.get(what)
        if old == new:
            continue
        for step, name in ((WARN, "warn_at"), (BREACH, "due_at")):
            was = getattr(old, name) if old is not None and old.runs else None
            due: datetime | None = getattr(new, name) if new is not None and new.runs else None
            if was != due:
                facts = {"conversation": conversation, "what": str(what), "step": step}
                yield Alarm(DUE, f"{conversation}:{what}:{step}", due, facts)


def ends(kept: Mapping[str, Any]) -> Iterable[datetime]:
    """When what runs is due, without making clocks of it: a strip looks at thousands."""
    for facts in kept.values():
        if facts["due_at"] is not None and facts["met_at"] is None:
            yield datetime.fromisoformat(facts["due_at"])


def shown(targets: Targets, now: datetime) -> list[Clock]:
    """As a page shows them."""
    return [_clock(target, now) for target in targets.values()]


def _clock(target: Target, now: datetime) -> Clock:
    due, warn = target.due_at or target.since, target.warn_at or target.since
    late = target.breached_at is not None or (target.runs and now > due)
    if target.met_at is not None:
        state = "breached" if late else "met"
    elif not target.runs:
        state = "breached" if late else "paused"
    else:
        state = "breached" if late else "warned" if now >= warn else "running"
    return Clock(
        what=target.what.value,
        due_at=due,
        warn_at=warn,
        met_at=target.met_at,
        state=state,
    )


def _dump(target: Target) -> dict[str, Any]:
    moments = {name: getattr(target, name) for name in _MOMENTS}
    texts = {name: at.isoformat() if at is not None else None for name, at in moments.items()}
    return {**texts, "left": target.left.total_seconds()}


def _load(what: What, facts: Mapping[str, Any]) -> Target:
    moments = {
        name: datetime.fromisoformat(facts[name]) if facts[name] is not None else None
        for name in _MOMENTS
    }
    return Target(what=what, left=timedelta(seconds=facts["left"]), **moments)  # type: ignore[arg-type] - since is never null
