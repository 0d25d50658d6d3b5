"""What ten million rows in the ledger cost, beside ten thousand: starting, claiming, listing.

The rows are made by one SQL statement: handled questions and sent answers of a hundred thousand
conversations, all older than today. Then the shop is started as ever. Runs for
minutes and wants some gigabytes, so only by name.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from pathlib import Path

from bench.ledger import app_on
from bench.measure import Result
from core.app import App
from core.effects import Effects, Post
from core.parts import Text
from core.store import outbox
from core.store.commit import by_hand
from core.store.models import Message
from core.store.outbox import Rules

MANY, FEW = 10_000_000, 10_000
PEOPLE = 100
ROUNDS, TURNS = 100, 3


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds to be ready, and for one claim and one listing; medians."""

    start: float
    claim: float
    list: float


@cache
def measure() -> tuple[Costs, Costs]:
    """With many rows and with few, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        many, few = Path(folder) / "many", Path(folder) / "few"
        for home, rows in ((many, MANY), (few, FEW)):
            home.mkdir()
            asyncio.run(_fill(home, rows))
        taken: dict[Path, list[Costs]] = {many: [], few: []}
        for home in [many, few] * TURNS:
            taken[home].append(asyncio.run(_measure(home)))
        return _medians(taken[many]), _medians(taken[few])


def _medians(costs: list[Costs]) -> Costs:
    parts = zip(*((c.start, c.claim, c.list) for c in costs), strict=True)
    return Costs(*(statistics.median(part) for part in parts))


async def _fill(home: Path, rows: int) -> None:
    app = _app(home)
    await app.start()
    await app.stop()
    with closing(sqlite3.connect(home / "shop.db", isolation_level=None)) as base:
        base.execute("PRAGMA synchronous=OFF")
        base.execute(_CONVERSATIONS, (max(1, rows // PEOPLE),))
        base.execute(_MESSAGES, (rows, max(1, rows // PEOPLE)))
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _app(home: Path) -> App:
    return app_on(f"sqlite://{home / 'shop.db'}", data=str(home))


async def _measure(home: Path) -> Costs:
    app = _app(home)
    start = time.perf_counter()
    await app.start()
    ready = time.perf_counter() - start
    try:
        return Costs(ready, await _claiming(app), await _listing(app))
    finally:
        await app.stop()


async def _claiming(app: App) -> float:
    """Finding who has something to send, and claiming it, with fifty rows waiting."""
    app.commit.sends = False
    await app.sender.stop()
    for number in range(1, 51):
        effects = Effects(app.clock, app.texts, "en")
        effects.post(Post((Text("hello"),), number))
        await app.commit.write(effects, by_hand())
    line = next(iter(app.lines))
    rules = Rules(line.capabilities, timedelta(seconds=60))

    async def claim() -> None:
        now = app.clock.now()
        found = await app.writer.look(partial(outbox.due, now, ()))
        assert len(found) == 50
        row = await app.writer.run(partial(outbox.claim, found[0][0], rules, now))
        assert row is not None
        back = {"state": "queued", "attempts": 0}
        await app.writer.run(partial(outbox.by_ids, [row.id], ["sending"], back))

    return await _median(claim)


async def _listing(app: App) -> float:
    """The newest fifty rows, and the last fifty of a conversation."""

    async def lists() -> None:
        newest = Message.all().order_by("-id").limit(50).prefetch_related("conversation")
        assert len(await newest) == 50
        assert await next(iter(app.lines)).history("c7")

    return await _median(lists)


async def _median(work: Callable[[], Awaitable[None]]) -> float:
    times: list[float] = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        await work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _result(what: str, unit: str, scale: float) -> Result:
    many, few = (getattr(costs, what) for costs in measure())
    return Result(round(many * scale, 3), round(few * scale, 3), unit)


BENCHES: dict[str, Callable[[], Result]] = {
    "ten_million_start": lambda: _result("start", "s", 1),
    "ten_million_claim": lambda: _result("claim", "ms", 1e3),
    "ten_million_list": lambda: _result("list", "ms", 1e3),
}

_CONVERSATIONS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO conversation (channel, external_id, kind, owner, memory, created_at)
SELECT 'bench', 'c' || i, 'direct', 'bot', '{}', '2026-01-01 00:00:00+00:00' FROM n
"""
_MESSAGES = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
INSERT INTO message (direction, channel, key, conversation_id, author, state, text, parts, context,
                     at, done_at, attempts, error, reply_to, recipient, mention, platform_id,
                     repeatable)
SELECT CASE i % 2 WHEN 1 THEN 'in' ELSE 'out' END, 'bench', printf('k%09d', i), 1 + i / 2 % ?2, '',
       CASE i % 2 WHEN 1 THEN 'handled' ELSE 'sent' END, 'hello',
       '[{"type":"text","text":"hello"}]', '{"sender":{"id":"c","name":"","role":"customer"}}',
       '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00', 1, '',
       CASE i % 2 WHEN 0 THEN i - 1 END, '', '[]', '', 0 FROM n
"""
