"""Statements about how far an endpoint is, each safe against another process doing the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.store.sql import Work, insert, moment, update

LEASE = timedelta(seconds=30)  # longer than one post may take


@dataclass(frozen=True, slots=True)
class Mark:
    """Where an endpoint is, claimed by us."""

    name: str
    entry: int
    tries: int
    failing_since: datetime | None
    not_before: datetime | None


def begin(name: str) -> Work[None]:
    """A new endpoint hears what happens from now on."""
    rows = yield "SELECT COALESCE(MAX(id), 0) FROM journal", ()
    facts = {"name": name, "entry": rows[0][0], "tries": 0, "error": "", "holder": ""}
    yield from insert("webhook_mark", facts, unless="name")


def claim(name: str, holder: str, now: datetime) -> Work[Mark | None]:
    """The endpoint for ourselves, for a while; ``None`` if another process has it."""
    free = "name = ? AND (holder = ? OR lease_until IS NULL OR lease_until < ?)"
    ours = {"holder": holder, "lease_until": now + LEASE}
    if not (yield from update("webhook_mark", ours, free, (name, holder, now))):
        return None
    rows = yield _MARK, (name,)
    return Mark(name, rows[0][0], rows[0][1], moment(rows[0][2]), moment(rows[0][3]))


def release(name: str, holder: str) -> Work[None]:
    """Let others go on at once."""
    free = {"holder": "", "lease_until": None}
    yield from update("webhook_mark", free, "name = ? AND holder = ?", (name, holder))


def move(mark: Mark, entry: int, changes: Mapping[str, Any]) -> Work[bool]:
    """Everything up to ``entry`` is done, unless somebody has set the mark elsewhere."""
    facts = {"entry": entry, "tries": 0, "failing_since": None, "not_before": None, "error": ""}
    there = "name = ? AND entry = ?"
    found = yield from update("webhook_mark", {**facts, **changes}, there, (mark.name, mark.entry))
    return bool(found)


def park(mark: Mark, row: Mapping[str, Any]) -> Work[bool]:
    """Put an event aside, so that the ones behind it may go."""
    if not (yield from move(mark, row["entry"], {"error": row["error"]})):
        return False
    yield from insert("webhook_parked", {**row, "again": False}, unless="name, entry")
    return True


def unpark(numbers: Sequence[int]) -> Work[None]:
    """They got through after all."""
    for number in numbers:
        yield "DELETE FROM webhook_parked WHERE id = ?", (number,)


_MARK = "SELECT entry, tries, failing_since, not_before FROM webhook_mark WHERE name = ?"
