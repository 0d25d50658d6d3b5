"""A process's own session with PostgreSQL: its number, what it alone may do, and its bell.

The session holds an advisory lock on the process's number. When the process dies, or its machine
is cut off, the engine ends the session and frees the lock: that, and no timer of ours, is how the
others learn that what it held is free. The bell (NOTIFY) tells other processes to look; it is rung
at most once in :data:`QUIET` seconds, since every NOTIFY stands in line with all commits.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import asyncpg
import structlog
from asyncpg import exceptions

from core.store.postgres import KEEPALIVE, away

log = structlog.get_logger(__name__)
LIVES, LEADS = 0x584C, 0x5844  # the classes of our advisory locks
BELL = "xiaoer"
QUIET = 0.02
LOOK = 0.25  # seconds between two looks without a bell
LONGEST_WAIT = 1.0
ALIVE = f"""
SELECT objid::INT FROM pg_locks WHERE locktype = 'advisory' AND classid = {LIVES} AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""  # noqa: S608

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Session:
    """One connection, made anew whenever it is lost. ``number`` stays for the process's life."""

    def __init__(self, url: str) -> None:
        """Connect nothing yet."""
        self._url = url
        self.number = secrets.randbelow(2**31 - 1) + 1
        self.heard: list[Callable[[str], None]] = []  # called with what others rang for
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        self._leads: set[str] = set()
        self._rung = ""
        self._ringing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and take the lock on our number."""
        await self.fetch("SELECT 1")

    async def close(self) -> None:
        """End the session: the engine frees what it held."""
        if self._ringing is not None:
            self._ringing.cancel()
            await asyncio.gather(self._ringing, return_exceptions=True)
        async with self._turn:
            await self._drop()

    async def fetch(self, sql: str, *values: Any) -> Sequence[asyncpg.Record]:  # noqa: ANN401
        """Run a statement on the session; raises what the server or the line says."""
        async with self._turn:
            try:
                return await (await self._connected()).fetch(sql, *values)
            except BaseException as error:
                if not isinstance(error, exceptions.PostgresError) or away(error):
                    await self._drop()  # also when broken off: half an answer is still to come
                raise

    async def lead(self, what: str) -> None:
        """Return as soon as this process is the one that does ``what``, and nobody else."""
        wait = 0.0
        while what not in self._leads:
            await asyncio.sleep(wait)
            wait = LOOK
            try:
                rows = await self.fetch(f"SELECT pg_try_advisory_lock({LEADS}, hashtext($1))", what)
            except Exception as error:
                if not away(error):
                    raise
                continue
            if rows[0][0]:
                self._leads.add(what)

    async def resign(self, what: str) -> None:
        """Let somebody else do it."""
        if what in self._leads:
            self._leads.discard(what)
            await self.fetch(f"SELECT pg_advisory_unlock({LEADS}, hashtext($1))", what)

    def ring(self, what: str) -> None:
        """Tell the other processes soon; ``what`` is one of the letters of :mod:`core.bells`."""
        self._rung += what if what not in self._rung else ""
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.create_task(self._ring(), name="bell")

    async def _ring(self) -> None:
        while self._rung:
            what, self._rung = self._rung, ""
            try:
                await self.fetch("SELECT pg_notify($1, $2)", BELL, what)
            except Exception as error:  # noqa: BLE001 - they look by themselves every LOOK seconds
                log.debug("bell.lost", what=what, error=str(error))
            await asyncio.sleep(QUIET)

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.is_closed():
            await self._drop()
            connection = await asyncpg.connect(
                self._url,
                timeout=5,
                server_settings={
                    "application_name": "xiaoer-session",
                    "synchronous_commit": "off",  # what is taken but not finished may be forgotten
                    **KEEPALIVE,
                },
            )
            self._connection = connection  # from here on :meth:`fetch` drops it if it fails
            await connection.add_listener(BELL, self._hear)
            await connection.execute(f"SELECT pg_advisory_lock({LIVES}, {self.number})")
        return self._connection

    async def _drop(self) -> None:
        self._leads.clear()
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    def _hear(self, connection: object, pid: int, _channel: str, what: object) -> None:
        if self._connection is not None and pid != self._connection.get_server_pid():
            for listener in self.heard:
                listener(str(what))
