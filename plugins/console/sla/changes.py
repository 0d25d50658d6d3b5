"""A promise that changes: open clocks get new due times from that moment on (pure rules).

What was worked off counts, by the calendar of its time; what is met or broken stays as it is
stamped. A promise that is shorter now is never broken in the past: it is due at the change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from plugins.console.sla.clocks import Policy, Target, Targets, late, run


@dataclass(frozen=True, slots=True)
class Promises:
    """All policies with the moment each began, oldest first; the first holds for what was before.

    :meth:`settle` may be called as often as one likes: a clock that was brought to a policy stands
    at its beginning.
    """

    history: Sequence[tuple[datetime, Policy]]

    def at(self, moment: datetime) -> Policy:
        """The policy in force."""
        past = [policy for since, policy in self.history if since <= moment]
        return past[-1] if past else self.history[0][1]

    def settle(self, targets: Targets, until: datetime) -> Targets:
        """The clocks brought to the policy of a moment."""
        for number in range(1, len(self.history)):
            since, policy = self.history[number]
            if since <= until:
                targets = recalculate(targets, since, self.history[number - 1][1], policy)
        return targets


def recalculate(targets: Targets, at: datetime, old: Policy, new: Policy) -> Targets:
    """The clocks from ``at`` on; those that stand there or later are left alone.

    What is promised no more is forgotten, unless it was broken: then it only stands still.
    """
    found = dict(targets)
    for what, target in targets.items():
        if target.since >= at:
            continue
        stamped, span = late(target, at), new.span(what)
        if span is not None:
            found[what] = _moved(stamped, at, old, new)
        elif target.met_at is not None:
            found[what] = replace(stamped, since=at)
        elif stamped.breached_at is not None:
            found[what] = replace(stamped, due_at=None, warn_at=None, since=at)
        else:
            del found[what]
    return found


def _moved(target: Target, at: datetime, old: Policy, new: Policy) -> Target:
    nothing = timedelta(0)
    before, after = old.span(target.what) or nothing, new.span(target.what) or nothing
    worked = old.calendar.between(target.since, at) if target.runs else nothing
    left = replace(target, left=after - (before - target.left) - worked, since=at)
    return run(left, at, new) if target.runs else left
