"""The queue: who waits, in which order, and how long it honestly takes (S-031, S-033)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from statistics import median

from core.effects import Effects
from plugins.handoff.models import Wait

POINTS = {
    "complaint": 30,
    "emotion": 20,
    "left": 15,
    "misses": 5,
}  # minutes of waiting each is worth
LATELY = timedelta(hours=1)
ENOUGH = 4  # takes within the hour: fewer say nothing about the next


@dataclass(frozen=True, slots=True)
class Outlook:
    """A place in the queue; ``minutes`` is ``None`` where nothing honest can be said."""

    ahead: int
    minutes: int | None


def enter(effects: Effects, conversation: int, reason: str) -> None:
    """Somebody begins to wait; a stay that is open already goes on."""
    effects.write(partial(_enter, conversation, reason, effects.clock.now()))


def leave(effects: Effects, conversation: int, agent: str) -> None:
    """The wait is over: ``agent`` took it, or nobody did."""
    effects.write(partial(_leave, conversation, agent, effects.clock.now()))


async def waiting() -> list[Wait]:
    """Who waits, the next one first: each point is worth a minute of waiting."""
    rows = await Wait.filter(left_at=None)
    return sorted(rows, key=lambda row: (row.asked_at - timedelta(minutes=row.points), row.id))


async def outlook(conversation: int, now: datetime) -> Outlook | None:
    """The place of a conversation; ``None`` where it does not wait.

    The time is the median gap between takes of the last hour, times the place.
    """
    order = [row.conversation_id for row in await waiting()]
    if conversation not in order:
        return None
    ahead = order.index(conversation)
    taken = Wait.filter(left_at__gt=now - LATELY).exclude(taken_by="").order_by("left_at")
    moments = [row.left_at for row in await taken if row.left_at is not None]
    if len(moments) < ENOUGH:
        return Outlook(ahead, None)
    gap = median((later - earlier).total_seconds() for earlier, later in pairwise(moments))
    return Outlook(ahead, max(1, round(gap * (ahead + 1) / 60)))


async def _enter(conversation: int, reason: str, now: datetime) -> None:
    if not await Wait.filter(conversation_id=conversation, left_at=None).exists():
        row = Wait(conversation_id=conversation, reason=reason[:40], asked_at=now)
        row.points = POINTS.get(reason, 0)
        await row.save(force_create=True)


async def _leave(conversation: int, agent: str, now: datetime) -> None:
    rows = Wait.filter(conversation_id=conversation, left_at=None)
    await rows.update(left_at=now, taken_by=agent)
