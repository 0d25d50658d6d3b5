"""Messages a second through the whole embedded shop, against SQLite doing nothing but the writing.

Ours: accepted, understood, routed, answered and handed to a platform that accepts at once. The
floors are :mod:`bench.floors`.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bench import floors
from bench.floors import CONVERSATIONS, MESSAGES, Tape
from bench.measure import Result
from core.app import App
from core.clock import SystemClock
from core.message import Inbound, Sender
from core.parts import Text
from core.plugin import Plugin
from core.settings import build
from core.store.models import Message
from core.turn import Turn

ROUNDS = 5
Floor = Callable[[Tape, Path], Awaitable[float]]

plugin = Plugin("bench")


@plugin.on(keywords="hello")
async def answer(turn: Turn) -> None:
    """Answer in the simplest way."""
    turn.say("hello to you")


def end_to_end(least: Floor) -> Result:
    """Both sides in turns; the medians."""
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            one, other = asyncio.run(paired(Path(folder), least))
            ours.append(one)
            floor.append(other)
    return Result(round(statistics.median(ours)), round(statistics.median(floor)), "1/s")


async def paired(folder: Path, least: Floor, many: int = MESSAGES) -> tuple[float, float]:
    """Messages a second of a shop in ``folder`` and of a floor beside it."""
    file, copy = folder / "shop.db", folder / "copy.db"
    app = app_on(f"sqlite://{file}", data=str(folder))
    tape = app.writer.driver = Tape(file)
    await app.start()
    with closing(sqlite3.connect(copy)) as base, closing(sqlite3.connect(file)) as tables:
        tables.backup(base)
    tape.transactions.clear()
    ours = await flood(app, many)
    await app.stop()
    return ours, many / await least(tape, copy)


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


async def flood(app: App, many: int = MESSAGES) -> float:
    """Messages a second through a running shop, from the first accepted to the last sent."""
    line = next(iter(app.lines))
    said = messages(many)
    start = time.perf_counter()
    await asyncio.gather(*(line.accept([message]) for message in said))
    while not app.idle:  # noqa: ASYNC110 - many parts, no one event
        await asyncio.sleep(0.001)
    seconds = time.perf_counter() - start
    sent = await Message.filter(direction="out", state="sent").count()
    if sent != many:
        raise SystemExit(f"only {sent} of {many} answers were sent")
    return many / seconds


def messages(many: int = MESSAGES) -> list[Inbound]:
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
        for n in range(many)
    ]


BENCHES: dict[str, Callable[[], Result]] = {
    "end_to_end_sqlite": partial(end_to_end, floors.awaited),
    "end_to_end_sqlite_blocking": partial(end_to_end, floors.blocking),
    "end_to_end_sqlite_lean": partial(end_to_end, floors.lean),
}
