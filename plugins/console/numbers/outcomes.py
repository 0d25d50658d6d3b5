"""What an enquiry counts for: a pure function of its row, on the day and hour it began.

So whatever changes of it, what it counted for is taken back and what it counts for now is added.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from plugins.console.buckets import bucket
from plugins.console.numbers.models import Enquiry

SATISFIED = 4  # of five
SOLVED = "solved"
TWICE = 2  # the contacts that are told apart: S-407 asks for the first and the second
STAGES = ("bot", "talk", "queue", "reply", "solve")


class Cell(NamedTuple):
    """Where an outcome is counted."""

    day: str
    hour: int
    channel: str
    agent: str
    topic: str
    metric: str
    bucket: int


Cells = dict[Cell, tuple[int, int]]  # how many, and their sum


def cells(row: Enquiry, day: str, hour: int) -> Cells:
    """The outcomes of an enquiry that began then, in the shop's time."""
    found: Cells = {}
    for metric, value in (*_way(row), *_end(row), *_stages(row)):
        cell = Cell(day, hour, row.channel, row.agent[:40], row.topic, metric, bucket(value))
        count, total = found.get(cell, (0, 0))
        found[cell] = count + 1, total + value
    return found


def helped(row: Enquiry) -> bool:
    """Whether the bot had an answer to everything: a person asked for at once went round it."""
    went_round = row.asked_at is not None and not row.topic
    return row.bot_at is not None and not row.missed and not went_round


def _way(row: Enquiry) -> Iterator[tuple[str, int]]:
    yield "enquiries", 0
    said = {
        "leaked": row.passed,
        "complaints": row.complained,
        "complaints.soothed": row.complained and row.soothed,
        "case.back": row.turn > 1,
        "case.helped": helped(row),
        "case.asked": row.asked_at is not None,
        "case.taken": row.asked_at is not None and row.taken_at is not None,
        "case.prompt": row.replied_at is not None and not row.late,
    }
    yield from ((metric, 0) for metric, true in said.items() if true)
    if row.asked_at is not None and row.replied_at is not None:
        yield "first_response", _between(row.asked_at, row.replied_at)


def _end(row: Enquiry) -> Iterator[tuple[str, int]]:
    good, turn = row.result == SOLVED, row.turn + row.reopened
    closings = [(each, False) for each in range(row.turn, turn)]  # and opened again
    if row.result:
        closings.append((turn, good and not row.returned))
        yield "case.settled", 0
    if good:
        yield "case.solved", 0
    for each, lasting in closings:
        if each <= TWICE:
            yield f"case.closed.{each}", 0
        if each <= TWICE and lasting:
            yield f"case.solved.{each}", 0
    if row.closed_at is not None:
        yield f"closed.{row.result}", 0
    if row.closed_at is not None and row.asked_at is not None:
        yield "resolution", _between(row.asked_at, row.closed_at)
    if row.score is not None:
        yield "rated", row.score
    if row.score is not None and row.score >= SATISFIED:
        yield "case.well", 0


def _stages(row: Enquiry) -> Iterator[tuple[str, int]]:
    """How long it stood where (S-478), and which of two waits was the longer of a late one."""
    ways = (row.began_at, row.bot_at, row.asked_at, row.taken_at, row.replied_at, row.closed_at)
    spans = {
        stage: _between(since, until)
        for stage, (since, until) in zip(STAGES, pairwise(ways), strict=True)
        if since is not None and until is not None and until >= since
    }
    yield from ((f"stage.{stage}", seconds) for stage, seconds in spans.items())
    if row.late and "queue" in spans and "reply" in spans:
        yield f"late.{max(('queue', 'reply'), key=spans.__getitem__)}", 0


def _between(since: datetime, until: datetime) -> int:
    return max(0, round((until - since).total_seconds()))
