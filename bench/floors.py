"""What the ledger's writing costs when nothing else is done: three floors, none of them a shop.

``asyncio``: the statements that the shop ran, awaited one after another through ``aiosqlite``, as a
program on an event loop does it. ``blocking``: the same through plain ``sqlite3`` with nobody else
to serve. Both in the transactions that the shop made, with its durability (``FULL``); what it only
read is left out. ``lean``: a program written for nothing else, three statements a message, 128
messages a transaction.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite

from core.store.drivers import SqliteDriver, connect, plain
from core.store.sql import Make, Step, Work, json_text

MESSAGES = 4_000
CONVERSATIONS = 200
BATCH = 128


class Tape(SqliteDriver):
    """The ledger's driver, which notes what it writes: a list of statements a transaction."""

    def __init__(self, file: Path) -> None:
        """Nothing is noted yet."""
        super().__init__(file, "full")
        self.transactions: list[list[Step]] = []

    async def write(self, works: Sequence[Make]) -> list[Any]:
        """As it is, noted."""
        steps: list[Step] = []
        results = await super().write([partial(_noted, make, steps) for make in works])
        self.transactions.append(steps)
        return results

    def replay(self, base: sqlite3.Connection) -> None:
        """Write all that once more, one statement after another."""
        for steps in self.transactions:
            base.execute("BEGIN IMMEDIATE")
            for sql, values in steps:
                base.execute(sql, values).fetchall()
            base.execute("COMMIT")

    async def replay_awaited(self, copy: Path) -> None:
        """The same from an event loop."""
        async with aiosqlite.connect(copy, isolation_level=None, cached_statements=512) as base:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                await base.execute(f"PRAGMA {pragma}")
            for steps in self.transactions:
                await base.execute("BEGIN IMMEDIATE")
                for sql, values in steps:
                    await base.execute_fetchall(sql, values)
                await base.execute("COMMIT")


def _noted(make: Make, steps: list[Step]) -> Work[Any]:
    work = make()
    try:
        sql, values = next(work)
        while True:
            if not sql.lstrip().startswith("SELECT"):
                steps.append((sql, plain(values)))
            sql, values = work.send((yield sql, values))
    except StopIteration as end:
        return end.value


async def awaited(tape: Tape, copy: Path) -> float:
    """Seconds of the floor ``asyncio``."""
    start = time.perf_counter()
    await tape.replay_awaited(copy)
    return time.perf_counter() - start


async def blocking(tape: Tape, copy: Path) -> float:
    """Seconds of the floor ``blocking``."""
    with closing(connect(copy, "full")) as base:
        return _timed(partial(tape.replay, base))


async def lean(_tape: Tape, copy: Path) -> float:
    """Seconds of the floor ``lean``, for :data:`MESSAGES`."""
    with closing(connect(copy, "full")) as base:
        return _timed(partial(_lean, base))


def _timed(write: Callable[[], None]) -> float:
    start = time.perf_counter()
    write()
    return time.perf_counter() - start


def _lean(base: sqlite3.Connection) -> None:
    """The rows of the messages alone."""
    base.execute("PRAGMA foreign_keys=OFF")  # nobody has made the conversations
    text = [(f"f{n}", 1 + n % CONVERSATIONS) for n in range(MESSAGES)]
    for at in range(0, MESSAGES, BATCH):
        _batch(base, text[at : at + BATCH])


def _batch(base: sqlite3.Connection, batch: list[tuple[str, int]]) -> None:
    now = datetime.now(UTC).isoformat(" ")
    sender = json_text({"sender": {"id": "c", "name": "", "role": "customer", "proven": {}}})
    said, told = '[{"type":"text","text":"hello there"}]', '[{"type":"text","text":"hello to you"}]'
    decision = json_text({"handler": "bench.answer", "bids": [], "entities": [], "intents": {}})

    def accepted() -> None:
        for key, conversation in batch:
            base.execute(_INSERT, ("in", key, conversation, "accepted", said, sender, now))

    def handled() -> None:
        for key, conversation in batch:
            base.execute(_HANDLED, (now, decision, key))
            base.execute(_INSERT, ("out", key, conversation, "sending", told, "{}", now))

    def sent() -> None:
        for key, _conversation in batch:
            base.execute(_SENT, (now, key))

    for write in (accepted, handled, sent):
        _commit(base, write)


def _commit(base: sqlite3.Connection, write: Callable[[], None]) -> None:
    base.execute("BEGIN IMMEDIATE")
    write()
    base.execute("COMMIT")


_INSERT = """
INSERT INTO message (direction, channel, key, conversation_id, author, state, text, parts, context,
                     at, attempts, error, recipient, mention, platform_id, repeatable)
VALUES (?, 'bench', ?, ?, '', ?, 'hello', ?, ?, ?, 0, '', '', '[]', '', 0)
"""
_HANDLED = """
UPDATE message SET state = 'handled', done_at = ?, decision = ?, attempts = 1
WHERE channel = 'bench' AND direction = 'in' AND key = ? AND state = 'accepted'
"""
_SENT = """
UPDATE message SET state = 'sent', sent_at = ?
WHERE channel = 'bench' AND direction = 'out' AND key = ? AND state = 'sending'
"""
