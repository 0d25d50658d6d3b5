"""A statement about the last moments of the ledger: how much came and went, and how fast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.store.sql import Work, moment

ROWS = 5_000  # of the newest; a busier minute is judged by these


@dataclass(slots=True)
class Flow:
    """One channel: rows in and out, and the seconds from accepted to handed over, sorted."""

    came: int = 0
    left: int = 0
    seconds: list[float] = field(default_factory=list[float])

    def share(self, of: float) -> float | None:
        """The seconds within which this share of the answers left."""
        if not self.seconds:
            return None
        return self.seconds[min(len(self.seconds) - 1, int(of * len(self.seconds)))]


@dataclass(slots=True)
class Recent:
    """Flows by channel, and how many seconds they span."""

    span: float
    flows: dict[str, Flow] = field(default_factory=dict[str, Flow])


def recent(now: datetime, last: timedelta) -> Work[Recent]:
    """The last minute or so; its cost is bound by :data:`ROWS`, however large the ledger is."""
    rows = yield _NEWEST, (ROWS, now - last)
    moments = [at for row in rows if (at := moment(row[2]))]
    span = last.total_seconds()
    if len(rows) >= ROWS:
        span = max(1.0, (now - min(moments)).total_seconds())
    found = Recent(span)
    for direction, channel, _, sent_at, asked_at in rows:
        flow = found.flows.setdefault(channel, Flow())
        if direction == "in":
            flow.came += 1
        elif sent_at is not None:
            flow.left += 1
            flow.seconds += _between(asked_at, sent_at)
    for flow in found.flows.values():
        flow.seconds.sort()
    return found


def _between(asked: object, sent: object) -> Sequence[float]:
    began, ended = moment(asked), moment(sent)
    return [max(0.0, (ended - began).total_seconds())] if began and ended else []


_NEWEST = """
SELECT m.direction, m.channel, m.at, m.sent_at, q.at AS asked_at
FROM message m LEFT JOIN message q ON q.id = m.reply_to
WHERE m.id > (SELECT COALESCE(MAX(id), 0) FROM message) - ? AND m.at > ?
"""
