"""Drivers run hot statements: SQLite in a thread of its own, or any engine through the ORM."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from core.store import abreast
from core.store.sql import Make, Work

T = TypeVar("T")
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
            self._writer = self._connect()
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
            self._reader = self._connect()
        connection = self._reader
        return [_run(make(), connection) for make in works]

    def patience(self, error: Exception, attempt: int) -> float | None:
        """The writer itself knows of locks; a file does not go away."""
        return None

    async def close(self) -> None:
        """Close both connections and end the thread."""
        self._disk.shutdown()
        for connection in (self._writer, self._reader):
            if connection is not None:
                connection.close()
        self._writer = self._reader = None

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._file, isolation_level=None, cached_statements=512, check_same_thread=False
        )
        connection.execute("PRAGMA busy_timeout=0")  # the writer waits without blocking the loop
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={self._synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")
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


async def drive(work: Work[T], connection: BaseDBAsyncClient) -> T:
    """Run one work on a connection of the ORM, in whatever transaction it has."""
    if connection.capabilities.dialect == "postgres":  # the ORM hands out no RETURNING rows
        raw = cast("AbstractAsyncContextManager[abreast.Raw]", connection.acquire_connection())
        async with raw as inner:
            return (await abreast.run(inner, [lambda: work], [None]))[0]
    try:
        sql, values = next(work)
        while True:
            found = cast("Sequence[Any]", (await connection.execute_query(sql, _plain(values)))[1])
            sql, values = work.send([_values(row) for row in found])
    except StopIteration as end:
        return end.value


def _values(row: Any) -> Sequence[Any]:  # noqa: ANN401 - a driver's record
    return list(row.values()) if hasattr(row, "values") else list(row)


def _plain(values: Sequence[Any]) -> list[Any]:
    """Times as text in UTC, as the ORM keeps them: SQLite compares them as text."""
    return [v.astimezone(UTC).isoformat(" ") if isinstance(v, datetime) else v for v in values]


def _run(work: Work[T], connection: sqlite3.Connection) -> T:
    execute = connection.execute
    try:
        sql, values = next(work)
        while True:
            sql, values = work.send(execute(sql, _plain(values)).fetchall())
    except StopIteration as end:
        return end.value
