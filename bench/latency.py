"""How long an answer takes at 300 messages a second: p99 from accepting to handing over.

Messages of 200 conversations come evenly, whether or not the ones before are answered. A wait is
from ``accept`` to the platform's ``send``, with two commits (``FULL``) between. The floor is what
the disk alone takes for two commits of one row, one after the other, in the same process.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bench.flood import Chats
from bench.ledger import app_on
from bench.measure import Result, percentile
from core.message import Inbound, Sender
from core.parts import Text
from core.store.drivers import connect

RATE, CONVERSATIONS = 300, 200
SECONDS, ROUNDS = 6.0, 3


def latency() -> Result:
    """Both sides in turns; the medians of the rounds' p99 in ms."""
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            ours.append(asyncio.run(_answers(Path(folder))))
            floor.append(_commits(Path(folder)))
    ms = [round(statistics.median(side) * 1000, 2) for side in (ours, floor)]
    return Result(ms[0], ms[1], "ms")


async def _answers(folder: Path) -> float:
    channels = {"chat": {"adapter": "bench.flood:Chats"}}
    app = app_on(f"sqlite://{folder / 'shop.db'}", data=str(folder), channels=channels)
    await app.start()
    chats = next(iter(app.lines)).adapter
    assert isinstance(chats, Chats)
    try:
        loop = asyncio.get_running_loop()
        start, waits = loop.time(), list[asyncio.Task[float]]()
        for number in range(int(RATE * SECONDS)):
            await asyncio.sleep(start + number / RATE - loop.time())
            waits.append(asyncio.create_task(chats.ask(_message(chats, number))))
        return percentile(await asyncio.gather(*waits), 0.99)
    finally:
        await app.stop()


def _message(chats: Chats, number: int) -> Inbound:
    who = f"c{number % CONVERSATIONS}"
    return Inbound(f"k{number}", who, Sender(who), (Text("hello"),), chats.channel.clock.now())


def _commits(folder: Path) -> float:
    waits: list[float] = []
    with closing(connect(folder / "floor.db", "full")) as base:
        base.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT)")
        for _ in range(300):
            start = time.perf_counter()
            for _ in range(2):
                base.execute("BEGIN IMMEDIATE")
                base.execute("INSERT INTO row (text) VALUES ('hello')")
                base.execute("COMMIT")
            waits.append(time.perf_counter() - start)
    return percentile(waits, 0.99)


BENCHES: dict[str, Callable[[], Result]] = {"latency_300": latency}
