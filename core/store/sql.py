"""Hot statements as plain generators: they say what to run, a driver runs it.

A :data:`Work` yields ``(sql, values)`` and is sent the rows. It knows no connection, so the same
lines run in one hop to SQLite's thread, many in one transaction, or step by step inside a
transaction of the ORM on any engine. Placeholders are ``?``; times are aware datetimes; JSON is
text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

import orjson

T = TypeVar("T")
Step = tuple[str, Sequence[Any]]
Rows = Sequence[Sequence[Any]]
Work = Generator[Step, Rows, T]
Make = Callable[[], Work[Any]]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A work that touches only what belongs to ``key`` (a conversation).

    An engine that gains by it may run works of different keys side by side.
    """

    make: Make
    key: Hashable

    def __call__(self) -> Work[Any]:
        """Make the work."""
        return self.make()


def insert(
    table: str, values: Mapping[str, Any], *, unless: str = ""
) -> Generator[Step, Rows, int | None]:
    """Insert a row and return its id; ``None`` when one with the same ``unless`` columns exists."""
    rows = yield _insert(table, tuple(values), unless), tuple(values.values())
    return rows[0][0] if rows else None


def upsert(
    table: str, values: Mapping[str, Any], unique: Sequence[str]
) -> Generator[Step, Rows, None]:
    """Insert a row, or change the one with the same ``unique`` columns."""
    yield _upsert(table, tuple(values), tuple(unique)), tuple(values.values())


def update(
    table: str, values: Mapping[str, Any], where: str, args: Sequence[Any]
) -> Generator[Step, Rows, int]:
    """Change rows; returns how many."""
    rows = yield _update(table, tuple(values), where), (*values.values(), *args)
    return len(rows)


def json_text(value: object) -> str:
    """JSON as the ORM's JSON columns keep it."""
    return orjson.dumps(value).decode()


@lru_cache(maxsize=256)  # the rows of one change carry the same moment
def stamp(moment: datetime) -> str:
    """A time as SQLite keeps and compares it: as text, in UTC."""
    return moment.astimezone(UTC).isoformat(" ")


def moment(value: object) -> datetime | None:
    """A time column as an aware datetime, whichever engine it came from."""
    if value is None or isinstance(value, datetime):
        return value
    parsed = datetime.fromisoformat(str(value))
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def json_value(value: object) -> Any:  # noqa: ANN401 - any JSON
    """A JSON column as a value, whether the engine hands out text or has parsed it."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value


LOCK = "/* lock m, or pass it by */"  # after a SELECT: nothing to SQLite, which has one writer

# one transaction at a time for a word; nothing to SQLite, where that is always so
ALONE = "SELECT 1 WHERE ? <> '' /* alone */"


@lru_cache(maxsize=256)
def numbered(sql: str) -> str:
    """The statement in PostgreSQL's words: placeholders ``$1``, ``$2``, ...; locks taken."""
    if sql == ALONE:
        return "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended($1, 0))"
    count = iter(range(1, sql.count("?") + 1))
    plain = re.sub(r"\?", lambda _: f"${next(count)}", sql)
    return plain.replace(LOCK, "FOR UPDATE OF m SKIP LOCKED")


@lru_cache(maxsize=64)
def _insert(table: str, columns: tuple[str, ...], unless: str) -> str:
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    skip = f" ON CONFLICT ({unless}) DO NOTHING" if unless else ""
    return f"INSERT INTO {table} ({names}) VALUES ({marks}){skip} RETURNING id"  # noqa: S608 - our names


@lru_cache(maxsize=64)
def _upsert(table: str, columns: tuple[str, ...], unique: tuple[str, ...]) -> str:
    changes = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in unique)
    plain = _insert(table, columns, "").removesuffix(" RETURNING id")
    return f"{plain} ON CONFLICT ({', '.join(unique)}) DO UPDATE SET {changes}"


@lru_cache(maxsize=128)
def _update(table: str, columns: tuple[str, ...], where: str) -> str:
    changes = ", ".join(f"{c} = ?" for c in columns)
    return f"UPDATE {table} SET {changes} WHERE {where} RETURNING id"  # noqa: S608 - our names
