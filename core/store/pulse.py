"""Statements that say how the shop is: what waits, since when, what nobody could deliver.

Each costs what is open, never what the ledger holds, and changes nothing. Read for ``/metrics``
and ``xiaoer top``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.delivery.quota import HELD
from core.store.sql import Work, moment


@dataclass(slots=True)
class Queue:
    """Rows that wait on one channel, and since when the oldest does."""

    rows: int = 0
    oldest: datetime | None = None

    def age(self, now: datetime) -> float:
        """Seconds."""
        return max(0.0, (now - self.oldest).total_seconds()) if self.oldest else 0.0


@dataclass(slots=True)
class Pulse:
    """By channel, but for deadlines. ``stuck``: (channel, state) of rows that need a person.

    ``leaving`` could go now; ``held`` waits for its contact to write; ``later`` has a time of its
    own.
    """

    open: dict[str, Queue] = field(default_factory=dict[str, Queue])
    leaving: dict[str, Queue] = field(default_factory=dict[str, Queue])
    held: dict[str, int] = field(default_factory=dict[str, int])
    later: dict[str, int] = field(default_factory=dict[str, int])
    stuck: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    late: Queue = field(default_factory=Queue)


def feel(now: datetime) -> Work[Pulse]:
    """All of it."""
    pulse = Pulse()
    for channel, number, oldest in (yield _OPEN, ()):
        pulse.open[channel] = Queue(number, moment(oldest))
    for channel, number, oldest in (yield _LEAVING, (now,)):
        pulse.leaving[channel] = Queue(number, moment(oldest))
    for channel, held, later in (yield _WAITING, (now,)):
        pulse.held[channel], pulse.later[channel] = int(held), int(later)
    for channel, state, number in (yield _STUCK, ()):
        pulse.stuck[channel, state] = number
    ((number, oldest),) = yield _LATE, (now,)
    pulse.late = Queue(number, moment(oldest))
    return pulse


# "|| ''": grouped by the channel's index the whole ledger would be walked through.
def windows(now: datetime) -> Work[dict[str, tuple[int, int]]]:
    """By channel what open reply windows still allow, and how many of them allow nothing.

    Costs what there are of them: of all statements here the one to ask seldom.
    """
    rows = yield _QUOTA, (now,)
    return {channel: (int(left), int(used_up)) for channel, left, used_up in rows}


_OPEN = """
SELECT MIN(channel), COUNT(*) AS n, MIN(at) AS since FROM message
WHERE state = 'accepted' AND direction = 'in' GROUP BY channel || ''
"""
# A row that was tried is leaving also while it waits for its next try: that is what grows old.
_HELD = f"error LIKE '{HELD}%'"
_LEAVING = f"""
SELECT channel, COUNT(*) AS n, MIN(at) AS since FROM (
    SELECT channel, at FROM message WHERE state = 'queued' AND NOT {_HELD}
    AND (attempts > 0 OR not_before IS NULL OR not_before <= ?)
    UNION ALL SELECT channel, at FROM message WHERE state = 'sending'
) o GROUP BY channel
"""  # noqa: S608 - our own words
_WAITING = f"""
SELECT MIN(channel), SUM(CASE WHEN {_HELD} THEN 1 ELSE 0 END) AS held,
       SUM(CASE WHEN {_HELD} THEN 0 ELSE 1 END) AS later
FROM message WHERE state = 'queued'
AND ({_HELD} OR (attempts = 0 AND not_before > ?)) GROUP BY channel || ''
"""  # noqa: S608 - our own words
# Windows of one conversation do not add up: the one with the most left counts. CROSS: SQLite then
# begins with the grants, not with every conversation there ever was.
_QUOTA = """
SELECT channel, SUM(best) AS left_over, SUM(CASE WHEN best = 0 THEN 1 ELSE 0 END) AS used_up FROM (
    SELECT v.channel, MAX(g.allowed - g.used) AS best
    FROM quota_grant g CROSS JOIN conversation v
    WHERE v.id = g.conversation_id AND g.until > ? AND g.allowed IS NOT NULL
    GROUP BY v.id, v.channel
) o GROUP BY channel
"""
# What is stuck was told to the journal, whose index by kind spares a walk through the ledger.
_STUCK = """
SELECT channel, state, COUNT(*) AS n FROM message WHERE state IN ('failed', 'unknown')
AND id IN (SELECT message_id FROM journal
           WHERE kind IN ('message.parked', 'message.undeliverable', 'message.unknown'))
GROUP BY channel, state
"""
_LATE = """
SELECT COUNT(*) AS n, MIN(run_at) AS since FROM deadline WHERE state = 'waiting' AND run_at < ?
"""
