"""The supervisor's wall: who is there, who waits, which clocks end."""

from __future__ import annotations

from datetime import datetime

from plugins.complaints.face import Complaint, State
from plugins.console.api.team import Colleague, list_colleagues
from plugins.console.ask import Ask
from plugins.console.buckets import percentile
from plugins.console.cards import cards
from plugins.console.cases import case_shapes
from plugins.console.models import Thread
from plugins.console.numbers.source import Days
from plugins.console.numbers.totals import added_up
from plugins.console.shapes import Card, ComplaintShape
from plugins.console.table import Shape
from plugins.handoff.face import since_of

MOST, RED = 30, 2  # cards of a column; the emotion from which one is red


class OnWall(Colleague):
    """An agent on the wall."""

    longest_wait: datetime | None
    since: datetime | None


class Today(Shape):
    """The day so far; times in seconds."""

    asked: int
    taken: int
    closed: int
    first_response_p50: float | None
    first_response_p90: float | None


class Wall(Shape):
    """Everything at a glance."""

    agents: list[OnWall]
    queue: list[Card]
    red: list[Card]
    ladder: list[ComplaintShape]
    today: Today


async def get_wall(ask: Ask) -> Wall:
    """The wall as it is now."""
    await ask.desk.tail.catch_up()
    login = ask.who.login
    queue = Thread.filter(owner="queue").order_by("asked_at", "last_at").limit(MOST)
    red = Thread.filter(emotion__gte=RED, waiting_since__isnull=False).order_by("waiting_since")
    cases = Complaint.exclude(state=State.CLOSED).order_by("close_due").limit(MOST)
    return Wall(
        agents=await _agents(ask),
        queue=await cards(ask.desk, await queue, login),
        red=await cards(ask.desk, await red.limit(MOST), login),
        ladder=await case_shapes(ask, await cases),
        today=await _today(ask),
    )


async def _agents(ask: Ask) -> list[OnWall]:
    since = await since_of()
    found: list[OnWall] = []
    for each in (await list_colleagues(ask)).items:
        mine = Thread.filter(owner=f"agent:{each.login}", waiting_since__isnull=False)
        first = await mine.order_by("waiting_since").first()
        found.append(
            OnWall(
                **each.model_dump(),
                longest_wait=first.waiting_since if first else None,
                since=since.get(each.login),
            )
        )
    return found


async def _today(ask: Ask) -> Today:
    day = ask.desk.clock.now().astimezone(ask.desk.texts.zone).date()
    rows = await ask.desk.writer.look(lambda: added_up("day", Days(day, day)))

    def count(prefix: str) -> int:
        return sum(int(row[3]) for row in rows if row[1].startswith(prefix))

    buckets = {int(row[2]): int(row[3]) for row in rows if row[1] == "first_response"}
    return Today(
        asked=count("asked"),
        taken=count("taken"),
        closed=count("closed."),
        first_response_p50=percentile(buckets, 0.5),
        first_response_p90=percentile(buckets, 0.9),
    )
