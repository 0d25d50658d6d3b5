"""Finding rows of one state among ten million: what people list, and what is tried once more."""

from __future__ import annotations

from core.store.sql import Work
from core.store.states import Inbox, Outbox


def newest(state: Inbox | Outbox, channel: str = "", limit: int = 0) -> Work[list[int]]:
    """Numbers of the newest rows in ``state``, newest first; all of them without a ``limit``.

    The state stands in the text, not among the values: only so does an engine know that one of
    the partial indexes holds them all.
    """
    sql = f"SELECT id FROM message WHERE state = '{state}'"  # noqa: S608 - one of our own words
    if channel:
        sql += " AND channel = ?"
    sql += " ORDER BY id DESC"
    if limit:
        sql += f" LIMIT {limit:d}"
    rows = yield sql, (channel,) if channel else ()
    return [row[0] for row in rows]
