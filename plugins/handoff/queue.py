"""The queue: who waits, in which order, and how long it honestly takes (S-031, S-033)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from statistics import median

from core.effects import Effects
from plugins.handoff.models import Wait

LATELY = timedelta(hours=1)
ENOUGH = 4  # takes within the hour: fewer say nothing about the next


@dataclass(frozen=True, slots=True)
class Outlook:
    """A place in the queue; ``minutes`` is ``None`` where nothing honest can be said."""

    ahead: int
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Need:
    """Why somebody waits: the reason, what it is about, and how upset they are, 0 to 3."""

    reason: str
    topic: str = ""
    emotion: int = 0


def enter(effects: Effects, conversation: int, need: Need) -> None:
    """Somebody begins to wait; a stay that is open already goes on."""
    effects.write(partial(_enter, conversation, need, effects.clock.now()))


def feel(effects: Effects, conversation: int, emotion: int) -> None:
    """Somebody who waits has become more upset, and is weighed again."""
    effects.write(partial(_feel, conversation, emotion))


def leave(effects: Effects, conversation: int, agent: str) -> None:
    """The wait is over: ``agent`` took it, or nobody did."""
    effects.write(partial(_leave, conversation, agent, effects.clock.now()))


async def waiting() -> list[Wait]:
    """Who waits, the next one first: each point is worth a minute of waiting."""
    return sorted(await Wait.filter(left_at=None), key=turn_of)


def turn_of(wait: Wait) -> tuple[datetime, int]:
    """What the queue is ordered by."""
    return wait.asked_at - timedelta(minutes=wait.points), wait.id


async def waits_of(conversations: Iterable[int]) -> dict[int, Wait]:
    """The newest stay of each, whether it goes on or not."""
    rows = Wait.filter(conversation_id__in=list(conversations)).order_by("id")
    return {row.conversation_id: row for row in await rows}


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


async def _enter(conversation: int, need: Need, now: datetime) -> None:
    if not await Wait.filter(conversation_id=conversation, left_at=None).exists():
        row = Wait(conversation_id=conversation, reason=need.reason[:40], asked_at=now)
        row.topic, row.emotion = need.topic[:40], need.emotion
        await row.save(force_create=True)


async def _feel(conversation: int, emotion: int) -> None:
    rows = Wait.filter(conversation_id=conversation, left_at=None, emotion__lt=emotion)
    await rows.update(emotion=emotion, weighed=False)


async def _leave(conversation: int, agent: str, now: datetime) -> None:
    rows = Wait.filter(conversation_id=conversation, left_at=None)
    await rows.update(left_at=now, taken_by=agent)
