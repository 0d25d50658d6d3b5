"""Messages a second through the whole embedded shop, against SQLite doing nothing but the writing.

Ours: accepted, understood, routed, answered and handed to a platform that accepts at once. The
floor writes the same rows with plain ``sqlite3`` in one thread, with the same durability
(``FULL``) and the same sharing of commits: a row in, the row handled and its answer queued, the
answer sent.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import Result
from core.app import App
from core.clock import SystemClock
from core.message import Inbound, Sender
from core.parts import Text
from core.plugin import Plugin
from core.settings import build
from core.store.models import Message
from core.store.sql import json_text
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


def end_to_end() -> Result:
    """Both sides in turns; the medians."""
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            ours.append(asyncio.run(_shop(Path(folder))))
            floor.append(_floor(Path(folder)))
    return Result(round(statistics.median(ours)), round(statistics.median(floor)), "1/s")


async def _shop(folder: Path) -> float:
    app = App(
        build(
            {
                "server": {"port": 0},
                "data": str(folder),
                "database": {"url": f"sqlite://{folder / 'shop.db'}"},
                "log": {"level": "error"},
                "channels": {"bench": {"adapter": "core.testing.mock:MockAdapter"}},
                "plugins": {"enabled": ["bench.ledger:plugin"]},
            }
        ),
        SystemClock(),
    )
    return await serve(app)


async def serve(app: App) -> float:
    """Messages a second through a whole shop, from the first accepted to the last sent."""
    await app.start()
    try:
        line = next(iter(app.lines))
        said = messages()
        start = time.perf_counter()
        await asyncio.gather(*(line.accept([message]) for message in said))
        while not app.idle:  # noqa: ASYNC110 - many parts, no one event
            await asyncio.sleep(0.001)
        seconds = time.perf_counter() - start
        sent = await Message.filter(direction="out", state="sent").count()
    finally:
        await app.stop()
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


def _floor(folder: Path) -> float:
    """The same rows into the tables the shop has just made."""
    base = sqlite3.connect(folder / "shop.db", isolation_level=None)
    base.execute("PRAGMA synchronous=FULL")
    text = [(f"f{n}", 1 + n % CONVERSATIONS) for n in range(MESSAGES)]
    start = time.perf_counter()
    for at in range(0, MESSAGES, BATCH):
        _batch(base, text[at : at + BATCH])
    seconds = time.perf_counter() - start
    base.close()
    return MESSAGES / seconds


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

BENCHES: dict[str, Callable[[], Result]] = {"end_to_end_sqlite": end_to_end}
