"""Drivers run hot statements: SQLite in a thread of its own, or any engine through the ORM."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from core.store.sql import Work, numbered

T = TypeVar("T")
Make = Callable[[], Work[Any]]


class Driver(Protocol):
    """Runs works; see the two below."""

    async def write(self, works: Sequence[Make]) -> list[Any]:
        """Run all in one transaction, durable on return; raises what a failing one raised."""
        ...

    async def read(self, works: Sequence[Make]) -> list[Any]:
        """Run works that only look."""
        ...

    async def close(self) -> None:
        """Close what the driver opened."""
        ...


class SqliteDriver:
    """Two connections of our own, each in its thread: one writes, one reads beside it (WAL)."""

    def __init__(self, file: Path, synchronous: str) -> None:
        """Open nothing yet."""
        self._file, self._synchronous = file, synchronous
        self._writer = _Thread(self._connect, "ledger-write")
        self._reader = _Thread(self._connect, "ledger-read")

    async def write(self, works: Sequence[Make]) -> list[Any]:
        """One hop: BEGIN, every work, COMMIT."""
        return await self._writer.run(_transact, works)

    async def read(self, works: Sequence[Make]) -> list[Any]:
        """One hop for all."""
        return await self._reader.run(_look, works)

    async def close(self) -> None:
        """Close both connections and end their threads."""
        await self._writer.close()
        await self._reader.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, isolation_level=None, cached_statements=512)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={self._synchronous}")
        connection.execute("PRAGMA busy_timeout=5000")
        connection.execute("PRAGMA foreign_keys=ON")
        return connection


class OrmDriver:
    """Through the ORM's own connection, step by step: for PostgreSQL, and beside ORM writes."""

    async def write(self, works: Sequence[Make]) -> list[Any]:
        """One transaction of the ORM."""
        async with in_transaction("default") as connection:
            return [await drive(make(), connection) for make in works]

    async def read(self, works: Sequence[Make]) -> list[Any]:
        """On the ORM's connection."""
        connection = connections.get("default")
        return [await drive(make(), connection) for make in works]

    async def close(self) -> None:
        """Nothing of its own."""


async def drive(work: Work[T], connection: BaseDBAsyncClient) -> T:
    """Run one work on a connection of the ORM."""
    dollars = connection.capabilities.dialect == "postgres"
    try:
        sql, values = next(work)
        while True:
            text = numbered(sql) if dollars else sql
            plain = _in_utc(values) if dollars else _plain(values)
            found = cast("Sequence[Any]", (await connection.execute_query(text, plain))[1])
            sql, values = work.send([_values(row) for row in found])
    except StopIteration as end:
        return end.value


def _values(row: Any) -> Sequence[Any]:  # noqa: ANN401 - a driver's record
    return list(row.values()) if hasattr(row, "values") else list(row)


class _Thread:
    """A connection that lives in one thread."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], name: str) -> None:
        self._connect = connect
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._connection: sqlite3.Connection | None = None

    async def run(
        self, how: Callable[[sqlite3.Connection, Sequence[Make]], list[Any]], works: Sequence[Make]
    ) -> list[Any]:
        def call() -> list[Any]:
            if self._connection is None:
                self._connection = self._connect()
            return how(self._connection, works)

        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    async def close(self) -> None:
        def shut() -> None:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

        await asyncio.get_running_loop().run_in_executor(self._pool, shut)
        self._pool.shutdown()


def _transact(connection: sqlite3.Connection, works: Sequence[Make]) -> list[Any]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        results = [_run(make(), connection) for make in works]
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return results


def _look(connection: sqlite3.Connection, works: Sequence[Make]) -> list[Any]:
    return [_run(make(), connection) for make in works]


def _plain(values: Sequence[Any]) -> list[Any]:
    """Times as text in UTC, as the ORM keeps them: SQLite compares them as text."""
    return [v.astimezone(UTC).isoformat(" ") if isinstance(v, datetime) else v for v in values]


def _in_utc(values: Sequence[Any]) -> list[Any]:
    return [v.astimezone(UTC) if isinstance(v, datetime) else v for v in values]


def _run(work: Work[T], connection: sqlite3.Connection) -> T:
    execute = connection.execute
    try:
        sql, values = next(work)
        while True:
            sql, values = work.send(execute(sql, _plain(values)).fetchall())
    except StopIteration as end:
        return end.value
