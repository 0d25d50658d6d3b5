"""The terms of what is promised, kept with the moment each began: a change holds from then on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from core.effects import Effects
from core.store.commit import Commit, Superseded, by_hand
from plugins.console import audit
from plugins.console.models import Promise, Thread
from plugins.console.settings import SlaSettings
from plugins.console.sla.changes import Promises
from plugins.console.sla.clocks import Policy
from plugins.console.sla.keep import load

log = structlog.get_logger(__name__)
CHANGED = "sla.changed"  # the journal's word for it: whoever folds it moves the open clocks
MOMENT = timedelta(microseconds=1)  # two changes are never at once
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)  # the first terms hold for whatever was before


async def promises(otherwise: Policy) -> Promises:
    """What was promised since when; ``otherwise`` where nothing was ever written down."""
    rows = await Promise.all().order_by("since")
    return Promises([(row.since, policy_of(row.terms)) for row in rows] or [(ALWAYS, otherwise)])


def terms_of(settings: SlaSettings | None, zone: ZoneInfo) -> dict[str, Any]:
    """What of the settings is promised, as JSON. Who hears of it is not."""
    plain = (settings or SlaSettings()).model_dump(mode="json", exclude={"hears"})
    days = {name: sorted(plain[name]) for name in ("off", "on")}
    return {**plain, **days, "zone": zone.key}


def policy_of(terms: dict[str, Any]) -> Policy:
    """The terms at work."""
    plain = {name: value for name, value in terms.items() if name != "zone"}
    return SlaSettings.model_validate(plain).policy(ZoneInfo(terms["zone"]))


async def adopt(effects: Effects, terms: dict[str, Any], by: str) -> dict[str, int] | None:
    """Let these terms hold from now on; how many open clocks move, or ``None`` if none are new.

    The commit raises :class:`Superseded` where somebody else adopted some meanwhile. The very first
    terms are only written down: what runs was promised under them.
    """
    last = await Promise.all().order_by("-since").first()
    if last is not None and policy_of(last.terms) == policy_of(terms):
        return None
    now = max(effects.clock.now(), last.since + MOMENT) if last else ALWAYS
    effects.write(partial(_add, last, now, terms))
    if last is None:
        return None
    past = await promises(policy_of(terms))
    moved = await _moved(Promises([*past.history, (now, policy_of(terms))]), now)
    effects.emit(CHANGED, since=now.isoformat(), **moved)
    audit.record(effects, by, "sla-changed", "", before=last.terms, after=terms, **moved)
    return moved


async def hold(commit: Commit, effects: Effects, terms: dict[str, Any], by: str) -> None:
    """Adopt them, once whoever does it: every process comes here after a change."""
    await adopt(effects, terms, by)
    if effects.writes:
        try:
            await commit.write(effects, by_hand())
        except Superseded:
            log.info("desk.terms_adopted_elsewhere")


async def _moved(after: Promises, now: datetime) -> dict[str, int]:
    """How many clocks run or stand, and how many of them end sooner or later than before."""
    found = {"open": 0, "sooner": 0, "later": 0, "dropped": 0}
    for thread in await Thread.filter(asked_at__isnull=False):
        old = load(thread.clocks)
        new = after.settle(old, now)
        for what, target in old.items():
            if target.met_at is not None:
                continue
            found["open"] += 1
            moved = new.get(what)
            if moved is None:
                found["dropped"] += 1
            elif target.due_at and moved.due_at and target.due_at != moved.due_at:
                found["sooner" if moved.due_at < target.due_at else "later"] += 1
    return found


async def _add(last: Promise | None, since: datetime, terms: dict[str, Any]) -> None:
    newest = await Promise.all().order_by("-since").first()
    if (newest and newest.id) != (last and last.id):
        raise Superseded
    await Promise.create(since=since, terms=terms)
