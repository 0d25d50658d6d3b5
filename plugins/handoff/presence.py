"""Who is there: said by people, not guessed from a timer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from core.effects import Effects
from plugins.handoff.models import Agent

ONLINE, OFFLINE = "online", "offline"
STATES = (ONLINE, "busy", "away", OFFLINE)
ASSIGN, LEFT = "handoff.assign", "handoff.left"
QUEUE = "queue"  # the key of the one deadline that looks through the queue


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who may take conversations: so many at once, none where ``capacity`` is 0."""

    login: str
    name: str
    capacity: int


async def presence_of(login: str) -> str:
    """A person's state."""
    row = await Agent.get_or_none(login=login)
    return row.state if row else OFFLINE


async def presences() -> dict[str, str]:
    """Everybody's state by login."""
    return {row.login: row.state for row in await Agent.all()}


async def since_of() -> dict[str, datetime]:
    """Since when everybody is in that state."""
    return {row.login: row.since for row in await Agent.all()}


def set_presence(effects: Effects, seat: Seat, state: str) -> None:
    """Change a person's state: who comes is given what waits, who goes leaves nothing behind."""
    if state not in STATES:
        raise ValueError(f"{state!r} is no presence; one of {', '.join(STATES)}")
    effects.write(partial(_set, effects.clock.now(), seat, state))
    effects.emit("desk.presence", login=seat.login, state=state)
    if state == ONLINE:
        effects.at(timedelta(0), ASSIGN, QUEUE)
    if state == OFFLINE:
        effects.at(timedelta(0), LEFT, seat.login)
    else:
        effects.cancel(LEFT, seat.login)


def set_seat(effects: Effects, seat: Seat) -> None:
    """Another name or capacity of somebody who has been there; a place more is given at once."""
    effects.write(partial(_reseat, seat))
    effects.at(timedelta(0), ASSIGN, QUEUE)


async def skills_of() -> dict[str, list[str]]:
    """What each can do that not everybody can."""
    return {row.login: row.skills for row in await Agent.all()}


def set_skills(effects: Effects, seat: Seat, skills: Sequence[str]) -> None:
    """What a person can do that not everybody can; who waits for it is looked for again."""
    effects.write(partial(_train, effects.clock.now(), seat, list(dict.fromkeys(skills))))
    effects.at(timedelta(0), ASSIGN, QUEUE)


async def _train(now: datetime, seat: Seat, skills: list[str]) -> None:
    row = await Agent.get_or_none(login=seat.login) or Agent(login=seat.login, since=now)
    row.name, row.capacity, row.skills = seat.name, seat.capacity, skills
    await row.save()


async def _reseat(seat: Seat) -> None:
    await Agent.filter(login=seat.login).update(name=seat.name, capacity=seat.capacity)


async def _set(now: datetime, seat: Seat, state: str) -> None:
    row = await Agent.get_or_none(login=seat.login) or Agent(login=seat.login, since=now)
    row.since = row.since if row.state == state else now
    row.state, row.name, row.capacity = state, seat.name, seat.capacity
    await row.save()
