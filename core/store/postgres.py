"""The driver for PostgreSQL: a few connections of our own, and patience with a server that is away.

Nothing here keeps state that a lost connection could spoil: a transaction that was cut off is run
again from its beginning, and what it may have committed already is found by its keys and states.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import asyncpg
import structlog
from asyncpg import exceptions

from core.store import abreast
from core.store.away import LedgerAwayError
from core.store.sql import Make

log = structlog.get_logger(__name__)
CONNECTIONS = 6
QUARREL_TRIES = 10
AWAY_TRIES = 40  # with the waits below: about half a minute
LONGEST_WAIT = 1.0
KEEPALIVE = {  # a peer whose machine is gone is noticed in seconds, not in hours
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
QUARREL = (
    exceptions.DeadlockDetectedError,
    exceptions.SerializationError,
    exceptions.InvalidCachedStatementError,  # somebody changed the tables meanwhile
)
AWAY = (
    LedgerAwayError,
    OSError,
    exceptions.PostgresConnectionError,
    exceptions.CannotConnectNowError,
    exceptions.AdminShutdownError,
    exceptions.CrashShutdownError,
    exceptions.TooManyConnectionsError,
    exceptions.DiskFullError,
    exceptions.InternalClientError,  # the library's own word for a line cut in mid-sentence
)
REFUSED = (
    exceptions.InvalidAuthorizationSpecificationError,
    exceptions.InvalidCatalogNameError,
    exceptions.InsufficientPrivilegeError,
)


class PostgresDriver:
    """Opens its connections with the first work."""

    def __init__(self, url: str, holder: int) -> None:
        """``holder`` is this process's number: rows that it sends carry it."""
        self._url, self._holder = url, holder
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def write(self, works: Sequence[Make]) -> list[Any]:
        """One transaction on one connection."""
        async with (await self._open()).acquire() as connection, connection.transaction():
            return await abreast.run(connection, works, abreast.keys(works))

    async def read(self, works: Sequence[Make]) -> list[Any]:
        """All side by side: who only looks is in nobody's way."""
        async with (await self._open()).acquire() as connection:
            return await abreast.run(connection, works, range(len(works)))

    def patience(self, error: Exception, attempt: int) -> float | None:
        """Seconds to wait before the same works are tried again, if that may help."""
        return patience(error, attempt)

    async def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def _open(self) -> asyncpg.Pool[asyncpg.Record]:
        if self._pool is None:
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=0,
                max_size=CONNECTIONS,
                server_settings=server_settings(self._holder),
            )
        return self._pool


def server_settings(holder: int) -> dict[str, str]:
    """What every connection tells the server about us."""
    return {"application_name": "xiaoer", "xiaoer.holder": str(holder), **KEEPALIVE}


def patience(error: Exception, attempt: int) -> float | None:
    """Quarrels between transactions are settled at once; a server that is away is waited for."""
    if isinstance(error, QUARREL):
        return random.uniform(0, 0.02) if attempt < QUARREL_TRIES else None
    if away(error) and attempt < AWAY_TRIES:
        if attempt == 0:
            log.warning("database.away", error=str(error))
        return min(LONGEST_WAIT, 0.05 * 2**attempt)
    return None


def away(error: BaseException) -> bool:
    """Whether the server cannot be reached just now (or is full), not that we asked nonsense."""
    told = str(error) if type(error) is exceptions.InterfaceError else ""
    return "clos" in told or "released" in told or isinstance(error, AWAY)
