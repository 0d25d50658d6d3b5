"""Messages a second through the whole embedded shop, against SQLite doing nothing but the writing.

Ours: accepted, understood, routed, answered and handed to a platform that accepts at once.

The floor of ``end_to_end_sqlite`` replays, with plain ``sqlite3`` in one thread, exactly what the
shop wrote in the same round: the same statements with the same values, in the same transactions,
with the same durability (``FULL``), into a copy of the tables. What the shop only read is left out.
The floor of ``end_to_end_sqlite_lean`` is a program written for nothing else: three statements a
message, 128 messages a transaction.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bench.measure import Result
from core.app import App
from core.clock import SystemClock
from core.message import Inbound, Sender
from core.parts import Text
from core.plugin import Plugin
from core.settings import build
from core.store.drivers import SqliteDriver, connect, plain
from core.store.models import Message
from core.store.sql import Make, Step, Work, json_text
from core.turn import Turn

MESSAGES = 4_000
CONVERSATIONS = 200
BATCH = 128
ROUNDS = 5

plugin = Plugin("bench")


@plugin.on(keywords="hello")
async def answer(turn: Turn) -> None:
    """Answer in the simplest way."""
    turn.say("hello to you")


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


def end_to_end(*, lean: bool) -> Result:
    """Both sides in turns; the medians."""
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            one, other = asyncio.run(_round(Path(folder), lean=lean))
            ours.append(one)
            floor.append(other)
    return Result(round(statistics.median(ours)), round(statistics.median(floor)), "1/s")


async def _round(folder: Path, *, lean: bool) -> tuple[float, float]:
    file, copy = folder / "shop.db", folder / "copy.db"
    app = app_on(f"sqlite://{file}", data=str(folder))
    tape = app.writer.driver = Tape(file)
    await app.start()
    with closing(connect(copy, "full")) as base:
        with closing(sqlite3.connect(file)) as tables:
            tables.backup(base)
        tape.transactions.clear()
        ours = await flood(app)
        await app.stop()
        write = partial(_lean, base) if lean else partial(tape.replay, base)
        return ours, _timed(write)


def app_on(url: str, **more: Any) -> App:  # noqa: ANN401 - tables of the settings
    """A shop with one mock channel."""
    table: dict[str, Any] = {
        "server": {"port": 0},
        "database": {"url": url},
        "log": {"level": "error"},
        "channels": {"bench": {"adapter": "core.testing.mock:MockAdapter"}},
        "plugins": {"enabled": ["bench.ledger:plugin"]},
        **more,
    }
    return App(build(table), SystemClock())


async def serve(app: App) -> float:
    """Start a shop, measure it as :func:`flood` does, stop it."""
    await app.start()
    try:
        return await flood(app)
    finally:
        await app.stop()


async def flood(app: App) -> float:
    """Messages a second through a running shop, from the first accepted to the last sent."""
    line = next(iter(app.lines))
    said = messages()
    start = time.perf_counter()
    await asyncio.gather(*(line.accept([message]) for message in said))
    while not app.idle:  # noqa: ASYNC110 - many parts, no one event
        await asyncio.sleep(0.001)
    seconds = time.perf_counter() - start
    sent = await Message.filter(direction="out", state="sent").count()
    if sent != MESSAGES:
        raise SystemExit(f"only {sent} of {MESSAGES} answers were sent")
    return MESSAGES / seconds


def messages() -> list[Inbound]:
    """What the customers say."""
    now = datetime.now(UTC)
    return [
        Inbound(
            key=f"k{n}",
            conversation=f"c{n % CONVERSATIONS}",
            sender=Sender(f"c{n % CONVERSATIONS}"),
            parts=(Text("hello there"),),
            sent_at=now,
        )
        for n in range(MESSAGES)
    ]


def _timed(write: Callable[[], None]) -> float:
    start = time.perf_counter()
    write()
    return MESSAGES / (time.perf_counter() - start)


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

BENCHES: dict[str, Callable[[], Result]] = {
    "end_to_end_sqlite": partial(end_to_end, lean=False),
    "end_to_end_sqlite_lean": partial(end_to_end, lean=True),
}
