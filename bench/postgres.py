"""Messages a second through the whole shop on PostgreSQL, against asyncpg doing only the writing.

The floor writes the same rows into the same tables (triggers and all) in batches that share a
commit, with the same durability: a row in, the row handled and its answer queued, the answer sent.
As with SQLite it awaits one statement after another; ``_pipelined`` sends each statement for a
whole batch in one trip (``executemany``), which is the fastest that asyncpg offers.

Scaling: one and two worker processes emptying the same full inbox. Their handler asks a shop system
that takes a tenth of a second, so a worker is bound by how many it may ask at a time
(:data:`LANES`). In ``_of_nothing`` the handler is free: then the processors of the machine are the
bound, which the workers share with the database.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeAlias

import asyncpg

from bench.floors import BATCH, CONVERSATIONS, MESSAGES
from bench.ledger import messages, serve
from bench.measure import Result
from core.app import App
from core.clock import SystemClock
from core.plugin import Plugin
from core.roles import ALL
from core.settings import build
from core.store.session import LIVES
from core.store.sql import json_text
from core.turn import Turn
from tests.servers import Postgres, postgres

ROUNDS = 3
LANES = 64  # conversations at a time
ASKING = 0.1  # seconds that the shop system takes
Base: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Run = Callable[[Base, str, Sequence[Sequence[Any]]], Awaitable[None]]

plugin = Plugin("bench")


@plugin.on(keywords="hello")
async def answer(turn: Turn) -> None:
    """Answer what somebody else had to be asked."""
    await asyncio.sleep(ASKING)
    turn.say("hello to you")


def end_to_end(*, pipelined: bool) -> Result:
    """Both sides in turns; the medians."""
    with postgres() as server:
        return asyncio.run(_end_to_end(server, pipelined=pipelined))


async def _end_to_end(server: Postgres, *, pipelined: bool) -> Result:
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(ROUNDS):
        url = await server.database()
        ours.append(await _shop(url))
        floor.append(await _floor(url, _in_one_trip if pipelined else _one_by_one))
    return Result(round(statistics.median(ours)), round(statistics.median(floor)), "1/s")


def app_on(url: str, *roles: str, handler: str = "bench.ledger:plugin") -> App:
    """A shop with one mock channel."""
    table: dict[str, Any] = {
        "server": {"port": 0},
        "database": {"url": url},
        "roles": roles or ALL,
        "work": {"lanes": LANES, "senders": LANES},
        "channels": {"bench": {"adapter": "core.testing.mock:MockAdapter"}},
        "plugins": {"enabled": [handler]},
    }
    return App(build(table), SystemClock())


async def _shop(url: str) -> float:
    return await serve(app_on(url))


async def _one_by_one(base: Base, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    for row in rows:
        await base.execute(sql, *row)


async def _in_one_trip(base: Base, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    await base.executemany(sql, rows)


async def _floor(url: str, run: Run) -> float:
    """The same rows into the tables the shop has just made."""
    base = await asyncpg.connect(url)
    text = [(f"f{n}", 1 + n % CONVERSATIONS) for n in range(MESSAGES)]
    start = time.perf_counter()
    for at in range(0, MESSAGES, BATCH):
        await _batch(base, text[at : at + BATCH], run)
    seconds = time.perf_counter() - start
    await base.close()
    return MESSAGES / seconds


async def _batch(base: Base, batch: list[tuple[str, int]], run: Run) -> None:
    now = datetime.now(UTC)
    sender = json_text({"sender": {"id": "c", "name": "", "role": "customer", "proven": {}}})
    said, told = '[{"type":"text","text":"hello there"}]', '[{"type":"text","text":"hello to you"}]'
    decision = json_text({"handler": "bench.answer", "bids": [], "entities": [], "intents": {}})
    heard = [("in", key, place, "accepted", said, sender, now) for key, place in batch]
    answers = [("out", key, place, "sending", told, "{}", now) for key, place in batch]
    async with base.transaction():
        await run(base, _INSERT, heard)
    async with base.transaction():
        await run(base, _HANDLED, [(now, decision, key) for key, _ in batch])
        await run(base, _INSERT, answers)
    async with base.transaction():
        await run(base, _SENT, [(now, key) for key, _ in batch])


def scaling(handler: str) -> Result:
    """Messages a second of two worker processes; the floor is one. The ratio is what it brought."""
    with postgres() as server:
        return asyncio.run(_scaling(server, handler))


async def _scaling(server: Postgres, handler: str) -> Result:
    one: list[float] = []
    two: list[float] = []
    for _ in range(3):
        one.append(await _workers(server, handler, 1))
        two.append(await _workers(server, handler, 2))
    return Result(round(statistics.median(two)), round(statistics.median(one)), "1/s")


async def _workers(server: Postgres, handler: str, number: int) -> float:
    """Fill the inbox, start the processes, let them go when all are ready, and wait for the end."""
    url = await server.database()
    gateway = app_on(url, "gateway")
    await gateway.start()
    line = next(iter(gateway.lines))
    await asyncio.gather(*(line.accept([message]) for message in messages()))
    base = await asyncpg.connect(url)
    await base.execute(f"SELECT pg_advisory_lock({LIVES}, pg_backend_pid())")
    await base.execute(_HOLD)
    command = [sys.executable, "-m", "bench.postgres", url, handler]
    people = [
        await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        for _ in range(number)
    ]
    for process in people:
        assert process.stdout is not None
        await process.stdout.readline()
    start = time.perf_counter()
    await base.execute("UPDATE work SET holder = 0")
    await base.execute("SELECT pg_notify('xiaoer', 'i')")
    while await base.fetchval("SELECT EXISTS (SELECT 1 FROM work)"):  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    seconds = time.perf_counter() - start
    for process in people:
        process.kill()
        await process.wait()
    await base.close()
    await gateway.stop()
    return MESSAGES / seconds


async def _worker(url: str, handler: str) -> None:
    app = app_on(url, "worker", handler=handler)
    await app.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


BENCHES: dict[str, Callable[[], Result]] = {
    "end_to_end_postgres": partial(end_to_end, pipelined=False),
    "end_to_end_postgres_pipelined": partial(end_to_end, pipelined=True),
    "postgres_two_workers_over_one": partial(scaling, "bench.postgres:plugin"),
    "postgres_two_workers_of_nothing": partial(scaling, "bench.ledger:plugin"),
}

_HOLD = """
UPDATE work w SET holder = pg_backend_pid()
WHERE message_id = (SELECT MIN(message_id) FROM work h WHERE h.conversation_id = w.conversation_id)
"""
_INSERT = """
INSERT INTO message (direction, channel, key, conversation_id, author, state, text, parts, context,
                     at, attempts, error, recipient, mention, platform_id, repeatable)
VALUES ($1, 'bench', $2, $3, '', $4, 'hello', $5, $6, $7, 0, '', '', '[]', '', false)
"""
_HANDLED = """
UPDATE message SET state = 'handled', done_at = $1, decision = $2, attempts = 1
WHERE channel = 'bench' AND direction = 'in' AND key = $3 AND state = 'accepted'
"""
_SENT = """
UPDATE message SET state = 'sent', sent_at = $1, done_at = $1
WHERE channel = 'bench' AND direction = 'out' AND key = $2 AND state = 'sending'
"""

if __name__ == "__main__":
    from core.logs import set_up
    from core.settings import LogSettings

    set_up(LogSettings(level="error"))
    asyncio.run(_worker(*sys.argv[1:3]))
