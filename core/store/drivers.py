"""Drivers run hot statements: SQLite in a thread of its own, or any engine through the ORM."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import structlog
from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from core.store import abreast
from core.store.sql import Make, Work, stamp

T = TypeVar("T")
log = structlog.get_logger(__name__)
FULL_WAIT, FULL_TRIES = 0.25, 40  # ten seconds in all, then whoever asked is told
BREATH = 32  # works between two breaths of the event loop


class Driver(Protocol):
    """Runs works; see the two below."""

    async def write(self, works: Sequence[Make]) -> list[Any]:
        """Run all in one transaction, durable on return; raises what a failing one raised."""
        ...

    async def read(self, works: Sequence[Make]) -> list[Any]:
        """Run works that only look."""
        ...

    def patience(self, error: Exception, attempt: int) -> float | None:
        """Seconds to wait before the same works are tried again; ``None``: it would not help."""
        ...

    async def close(self) -> None:
        """Close what the driver opened."""
        ...


class SqliteDriver:
    """Two connections of our own: one writes, one reads beside it (WAL).

    Statements run right here, a few microseconds each: handing each to a thread would cost many
    times that in waiting for the interpreter. Only the COMMIT, which waits for the disk, has one.
    """

    def __init__(self, file: Path, synchronous: str) -> None:
        """Open nothing yet."""
        self._file, self._synchronous = file, synchronous
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None

    async def write(self, works: Sequence[Make]) -> list[Any]:
        """BEGIN, every work (the loop breathes now and then), COMMIT."""
        if self._writer is None:
            self._writer = connect(self._file, self._synchronous)
        connection = self._writer
        connection.execute("BEGIN IMMEDIATE")
        try:
            results: list[Any] = []
            for make in works:
                results.append(_run(make(), connection))
                if not len(results) % BREATH:
                    await asyncio.sleep(0)
            await asyncio.get_running_loop().run_in_executor(self._disk, connection.commit)
        except BaseException:
            connection.rollback()
            raise
        return results

    async def read(self, works: Sequence[Make]) -> list[Any]:
        """On the reading connection."""
        if self._reader is None:
            self._reader = connect(self._file, self._synchronous)
        connection = self._reader
        return [_run(make(), connection) for make in works]

    def patience(self, error: Exception, attempt: int) -> float | None:
        """The writer itself knows of locks; for room on a full disk it is worth to wait."""
        if attempt >= FULL_TRIES or not _full(error):
            return None
        if not attempt:
            log.warning("database.full", error=str(error))
        return FULL_WAIT

    async def close(self) -> None:
        """Close both connections and end the thread."""
        self._disk.shutdown()
        for connection in (self._writer, self._reader):
            if connection is not None:
                connection.close()
        self._writer = self._reader = None


def connect(file: Path, synchronous: str) -> sqlite3.Connection:
    """A connection as the ledger needs it; transactions are begun by hand."""
    connection = sqlite3.connect(
        file, isolation_level=None, cached_statements=512, check_same_thread=False
    )
    connection.execute("PRAGMA busy_timeout=0")  # the writer waits without blocking the loop
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=FAST")  # who is erased leaves no older copies behind
    return connection


class OrmDriver:
    """Through the ORM's own connection, step by step: for a database in memory."""

    async def write(self, works: Sequence[Make]) -> list[Any]:
        """One transaction of the ORM."""
        async with in_transaction("default") as connection:
            return [await drive(make(), connection) for make in works]

    async def read(self, works: Sequence[Make]) -> list[Any]:
        """On the ORM's connection."""
        connection = connections.get("default")
        return [await drive(make(), connection) for make in works]

    def patience(self, error: Exception, attempt: int) -> float | None:
        """Nothing goes away."""
        return None

    async def close(self) -> None:
        """Nothing of its own."""


def _full(error: Exception) -> bool:
    """SQLite's two words for it: for the disk, and for a limit that was set for a process."""
    told = isinstance(error, sqlite3.OperationalError | OperationalError)
    return told and any(word in str(error) for word in ("is full", "disk I/O error"))


async def drive_all(works: Sequence[Make], connection: BaseDBAsyncClient) -> list[Any]:
    """Run works on a connection of the ORM, in whatever transaction it has."""
    if connection.capabilities.dialect == "postgres":  # the ORM hands out no RETURNING rows
        raw = cast("AbstractAsyncContextManager[abreast.Raw]", connection.acquire_connection())
        async with raw as inner:
            return await abreast.run(inner, works, abreast.keys(works))
    return [await drive(make(), connection) for make in works]


async def drive(work: Work[T], connection: BaseDBAsyncClient) -> T:
    """Run one work on a connection of the ORM, in whatever transaction it has."""
    if connection.capabilities.dialect == "postgres":
        return (await drive_all([lambda: work], connection))[0]
    try:
        sql, values = next(work)
        while True:
            found = cast("Sequence[Any]", (await connection.execute_query(sql, plain(values)))[1])
            sql, values = work.send([_values(row) for row in found])
    except StopIteration as end:
        return end.value


def _values(row: Any) -> Sequence[Any]:  # noqa: ANN401 - a driver's record
    return list(row.values()) if hasattr(row, "values") else list(row)


def plain(values: Sequence[Any]) -> list[Any]:
    """Times as text in UTC, as the ORM keeps them: SQLite compares them as text."""
    return [stamp(value) if isinstance(value, datetime) else value for value in values]


def _run(work: Work[T], connection: sqlite3.Connection) -> T:
    execute = connection.execute
    try:
        sql, values = next(work)
        while True:
            sql, values = work.send(execute(sql, plain(values)).fetchall())
    except StopIteration as end:
        return end.value
