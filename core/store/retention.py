"""Statements of retention: what of the ledger is old and at its end, read and deleted in slices.

Numbers grow with time, so the old rows are the first ones: a slice is a short walk from the lowest
number on, at any size of the ledger, with no index of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.models import Model

from core.store.models import Deadline, JournalEntry, Message
from core.store.sql import Work, moment

SLICE = 200


@dataclass(frozen=True, slots=True)
class Source:
    """A table, the column that says how old a row is, and the states that may go (any, if none).

    What failed or is unknown needs a person and stays until one has decided.
    """

    name: str
    model: type[Model]
    since: str
    states: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them; foreign keys are known once the ORM is open."""
        return tuple(self.model._meta.fields_db_projection.values())  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the library's own way


@dataclass(slots=True)
class Slice:
    """Rows that may go, the last number that was looked at, and whether nothing old comes after."""

    rows: list[dict[str, Any]]
    last: int
    end: bool


ENDS = frozenset({"handled", "sent", "delivered", "read", "expired", "cancelled"})
SOURCES = (
    Source("message", Message, "at", ENDS),
    Source("journal", JournalEntry, "at"),
    Source("deadline", Deadline, "due_at", frozenset({"done", "cancelled", "skipped"})),
)


def read(source: Source, after: int, before: datetime) -> Work[Slice]:
    """The next rows behind number ``after`` that are older than ``before``."""
    columns = source.columns
    sql = f"SELECT {', '.join(columns)} FROM {source.name} WHERE id > ? ORDER BY id LIMIT {SLICE}"  # noqa: S608 - our names
    found = yield sql, (after,)
    rows = [dict(zip(columns, row, strict=True)) for row in found]
    old = [row for row in rows if (moment(row[source.since]) or before) < before]
    going = [row for row in old if not source.states or row["state"] in source.states]
    last = max((row["id"] for row in rows), default=after)
    return Slice(going, last, end=len(rows) < SLICE or (source.since == "at" and not old))


def delete(source: Source, numbers: Sequence[int]) -> Work[int]:
    """Take rows out of the ledger, unless they came to life again; returns how many went."""
    marks = ", ".join("?" * len(numbers))
    sql = f"DELETE FROM {source.name} WHERE id IN ({marks})"  # noqa: S608 - our names
    values: list[Any] = list(numbers)
    if source.states:
        sql += f" AND state IN ({', '.join('?' * len(source.states))})"
        values += sorted(source.states)
    rows = yield f"{sql} RETURNING id", values
    return len(rows)
