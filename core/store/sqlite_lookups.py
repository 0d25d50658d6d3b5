"""The ORM's SQLite, where what is only looked up waits for no thread and for no transaction.

The ORM has one connection, with a thread of its own, and holds both from BEGIN to the end of
COMMIT; under load a lookup waited sixty milliseconds for them and took a tenth of one. Outside a
transaction it is made right here, on a connection that only reads (WAL shows it whatever is
committed). One that takes longer than a moment is broken off and goes to the thread. The ORM's
migrations tell the engine by this module's name.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from time import monotonic
from typing import Any, cast

from tortoise.backends.sqlite.client import SqliteClient  # registers an adapter of its own

from core.store.sql import stamp

MOMENT = 0.005  # seconds
STEPS = 10_000  # of SQLite's machine, between two looks at the time: a tenth of a millisecond


def _moment(value: bytes) -> datetime:
    """A time; the ORM's own way of reading one takes thirty times as long."""
    return datetime.fromisoformat(value.decode())


# SQLite compares times as text. The ORM would write them as they come: the midnight of Shanghai
# would be later than all that happened in the eight hours after it.
sqlite3.register_adapter(datetime, stamp)

# The library knows no converters of one connection. This one stands in place of its own, reads all
# that one reads, and serves only connections that ask for types: the reader.
sqlite3.register_converter("TIMESTAMP", _moment)


class Client(SqliteClient):
    """As it is, but for lookups. ``patience``: seconds that one may take here."""

    patience = MOMENT
    _reader: sqlite3.Connection | None = None
    _end = 0.0

    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[Any]]:
        """How many rows, and the rows."""
        rows = self._look(query, values)
        if rows is None:
            return cast("tuple[int, Sequence[Any]]", await super().execute_query(query, values))
        return len(rows), rows

    async def execute_query_dict(
        self, query: str, values: list[Any] | None = None
    ) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        rows = self._look(query, values)
        if rows is None:
            return cast("list[dict[str, Any]]", await super().execute_query_dict(query, values))
        return [dict(row) for row in rows]

    async def close(self) -> None:
        """Close both connections."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        await super().close()

    def _look(self, query: str, values: Sequence[Any] | None) -> list[sqlite3.Row] | None:
        """The rows; ``None`` for what must go the long way, where a fault is told too."""
        if not query.startswith("SELECT"):
            return None
        try:
            reader = self._reader or self._connected()
            self._end = monotonic() + self.patience
            return reader.execute(query, values or ()).fetchall()
        except sqlite3.Error:
            return None

    def _connected(self) -> sqlite3.Connection:
        typed = sqlite3.PARSE_DECLTYPES
        reader = sqlite3.connect(self.filename, timeout=0, isolation_level=None, detect_types=typed)
        reader.row_factory = sqlite3.Row
        reader.execute("PRAGMA query_only=ON")
        reader.set_progress_handler(lambda: monotonic() > self._end, STEPS)
        self._reader = reader
        return reader


client_class = Client
