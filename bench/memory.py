"""Memory that conversations cost: resident megabytes more after ten thousand of them have talked.

Each says two things and is answered, then all is quiet: what stays is what the shop remembers of
them. The floor is the same shop before anybody came.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bench.ledger import app_on
from bench.measure import Result, resident
from core.message import Inbound, Sender
from core.parts import Text
from core.testing import MockAdapter

CONVERSATIONS = 10_000
AT_ONCE = 500


def memory() -> Result:
    """Megabytes after, and before."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_memory(Path(folder)))


async def _memory(folder: Path) -> Result:
    app = app_on(f"sqlite://{folder / 'shop.db'}", data=str(folder))
    await app.start()
    line = next(iter(app.lines))
    assert isinstance(line.adapter, MockAdapter)
    before = resident()
    try:
        for first in range(0, 2 * CONVERSATIONS, AT_ONCE):
            said = (_say(app.clock.now(), number) for number in range(first, first + AT_ONCE))
            await asyncio.gather(*(line.accept([message]) for message in said))
            while not app.idle:  # noqa: ASYNC110 - many parts, no one event
                await asyncio.sleep(0.005)
            line.adapter.sent.clear()
        return Result(round(resident(), 1), round(before, 1), "MB")
    finally:
        await app.stop()


def _say(now: datetime, number: int) -> Inbound:
    who = f"c{number % CONVERSATIONS}"
    return Inbound(f"k{number}", who, Sender(who, who), (Text("hello there"),), now)


BENCHES: dict[str, Callable[[], Result]] = {"memory_per_10k_conversations": memory}
