"""Promises of time for one conversation: what started, what stopped, what was kept (pure rules).

``first``: from asking for a person to a person's first word. ``next``: from each further word of
the customer to the answer. ``resolution``: from asking to closing; it stands still while paused
and between closing and reopening. Every due time is absolute. A breach stays one, however late the
promise is met.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from plugins.console.sla.calendar import Calendar


class Happened(StrEnum):
    """What moves the clocks."""

    ASKED = "asked"  # a person is wanted
    CUSTOMER = "customer"  # the customer said something
    AGENT = "agent"  # a person answered
    PAUSED = "paused"  # everybody waits for something outside
    RESUMED = "resumed"
    CLOSED = "closed"
    REOPENED = "reopened"


class What(StrEnum):
    """The three promises."""

    FIRST = "first"
    NEXT = "next"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Policy:
    """How long each may take; ``None``: not promised. ``warn``: the share after which to warn."""

    first: timedelta | None
    next: timedelta | None
    resolution: timedelta | None
    calendar: Calendar
    warn: float = 0.8

    def span(self, what: What) -> timedelta | None:
        """The time of one promise."""
        return {What.FIRST: self.first, What.NEXT: self.next}.get(what, self.resolution)


@dataclass(frozen=True, slots=True)
class Target:
    """One promise at work. While it stands still ``due_at`` and ``warn_at`` are ``None``."""

    what: What
    due_at: datetime | None
    warn_at: datetime | None
    left: timedelta  # working time until due, as of ``since``
    since: datetime
    met_at: datetime | None = None
    breached_at: datetime | None = None

    @property
    def runs(self) -> bool:
        """Whether time goes by on it."""
        return self.met_at is None and self.due_at is not None


Targets = dict[What, Target]


def apply(targets: Targets, happened: Happened, at: datetime, policy: Policy) -> Targets:
    """The clocks after something happened. Nothing is known of the time between but breaches."""
    found = {what: late(target, at) for what, target in targets.items()}
    match happened:
        case Happened.ASKED:
            if not _open(found):
                found.clear()
                _start(found, What.FIRST, at, policy)
                _start(found, What.RESOLUTION, at, policy)
        case Happened.CUSTOMER:
            waits = What.FIRST in found and found[What.FIRST].met_at is None
            asked = What.NEXT in found and found[What.NEXT].met_at is None
            if _open(found) and not waits and not asked:
                _start(found, What.NEXT, at, policy)
        case Happened.AGENT:
            _meet(found, What.FIRST, at)
            _meet(found, What.NEXT, at)
        case Happened.PAUSED:
            _pause(found, at, policy)
        case Happened.RESUMED:
            _resume(found, at, policy)
        case Happened.CLOSED:
            _close(found, at, policy)
        case Happened.REOPENED:
            _reopen(found, at, policy)
    return found


def pass_time(targets: Targets, at: datetime) -> Targets:
    """The clocks at a moment, breaches stamped."""
    return {what: late(target, at) for what, target in targets.items()}


def _open(targets: Targets) -> bool:
    """Whether it goes on: until it is solved, or where that is not promised, until it is closed."""
    solved = targets.get(What.RESOLUTION)
    return bool(targets) if solved is None else solved.met_at is None


def _start(targets: Targets, what: What, at: datetime, policy: Policy) -> None:
    if (span := policy.span(what)) is not None:
        targets[what] = run(Target(what, None, None, span, at), at, policy)


def run(target: Target, at: datetime, policy: Policy) -> Target:
    """Let it go on from ``at`` with what is left (less than nothing: it is due at once)."""
    span = policy.span(target.what) or timedelta(0)
    used, warn = span - target.left, span * policy.warn
    return replace(
        target,
        since=at,
        due_at=policy.calendar.add(at, target.left),
        warn_at=policy.calendar.add(at, warn - used),
    )


def _stop(target: Target, at: datetime, policy: Policy) -> Target:
    used = policy.calendar.between(target.since, at)
    return replace(target, left=target.left - used, since=at, due_at=None, warn_at=None)


def _meet(targets: Targets, what: What, at: datetime) -> None:
    target = targets.get(what)
    if target is not None and target.met_at is None:
        targets[what] = replace(target, met_at=at)


def late(target: Target, at: datetime) -> Target:
    """Stamp the breach that lies before ``at``; what is met in the very moment is kept."""
    if target.breached_at is None and target.runs and target.due_at and target.due_at < at:
        return replace(target, breached_at=target.due_at)
    return target


def _pause(targets: Targets, at: datetime, policy: Policy) -> None:
    target = targets.get(What.RESOLUTION)
    if target is not None and target.runs:
        targets[What.RESOLUTION] = _stop(target, at, policy)


def _resume(targets: Targets, at: datetime, policy: Policy) -> None:
    target = targets.get(What.RESOLUTION)
    if target is not None and target.met_at is None and target.due_at is None:
        targets[What.RESOLUTION] = run(target, at, policy)


def _close(targets: Targets, at: datetime, policy: Policy) -> None:
    """Everything ends: an answer that never came is due no more (the customer was told)."""
    target = targets.get(What.RESOLUTION)
    if target is None:
        targets.clear()
    if target is None or target.met_at is not None:
        return
    stopped = _stop(target, at, policy) if target.runs else target
    targets[What.RESOLUTION] = replace(stopped, met_at=at)
    _meet(targets, What.FIRST, at)
    _meet(targets, What.NEXT, at)


def _reopen(targets: Targets, at: datetime, policy: Policy) -> None:
    target = targets.get(What.RESOLUTION)
    promised = policy.span(What.RESOLUTION) is not None
    if promised and target is not None and target.met_at is not None:
        targets[What.RESOLUTION] = run(replace(target, met_at=None), at, policy)
