"""The shop of ``desk_load``, a process of its own: its desk, its staff, its open conversations.

Prints its address when it is open; ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from argon2 import PasswordHasher

from core.adapter import Adapter, Arrival, Capabilities, Receipt
from core.app import App
from core.clock import SystemClock
from core.garbage import settle
from core.logs import set_up
from core.message import Inbound, Outbound, Sender
from core.parts import Text
from core.settings import LogSettings, build
from core.store.models import Deadline
from plugins.console.models import Staff

AGENTS, OPEN, QUEUED = 50, 2_000, 200  # the rest of the open ones is the agents', alike many each
PASSWORD = "correct horse battery"
BATCH = 100


class Crowd(Adapter):
    """A platform whose customers are the load script: one request a message."""

    capabilities = Capabilities(as_of="2026-11-22")

    async def receive(self, request: web.Request) -> Arrival:
        """What one customer says: ``{"key", "who", "text"}``."""
        said = orjson.loads(await request.read())
        return Arrival([inbound(said["key"], said["who"], said["text"])])

    async def send(self, message: Outbound) -> Receipt:
        """Everything arrives."""
        return Receipt.accepted()


def inbound(key: str, who: str, text: str, owner: str = "") -> Inbound:
    """Words of a customer."""
    now = SystemClock().now()
    return Inbound(key, who, Sender(who, who), (Text(text),), now, owner=owner)


def login(number: int) -> str:
    """An agent's account."""
    return f"agent{number:02}"


def customer(number: int) -> str:
    """A customer's name."""
    return f"customer{number:04}"


def shop(folder: Path) -> App:
    """A shop with its desk; promises of time as a shop would make them."""
    table: dict[str, Any] = {
        "server": {"port": 0},
        "data": str(folder),
        "database": {"url": f"sqlite://{folder / 'shop.db'}"},
        "channels": {"crowd": {"adapter": "bench.desk_shop:Crowd"}},
        "plugins": {
            "enabled": ["handoff", "complaints", "orders", "groups", "console"],
            "handoff": {"policy": "manual"},
            "console": {"sla": {"first_minutes": 10, "next_minutes": 10, "resolution_minutes": 90}},
        },
    }
    return App(build(table), SystemClock())


async def furnish(app: App) -> None:
    """Staff, and conversations that wait for them."""
    hashed = PasswordHasher().hash(PASSWORD)
    for number in range(AGENTS):
        await Staff.create(
            login=login(number),
            name=login(number),
            password=hashed,
            roles=["agent"],
            capacity=100,
            created_at=app.clock.now(),
        )
    line = next(iter(app.lines))
    said = [
        inbound(f"first-{number}", customer(number), "人工", _owner(number))
        for number in range(OPEN)
    ]
    for begin in range(0, OPEN, BATCH):
        await line.accept(said[begin : begin + BATCH])
    while not app.idle or await _announced() < QUEUED:  # noqa: ASYNC110 - no one event
        await asyncio.sleep(0.2)


async def _announced() -> int:
    return await Deadline.filter(name="handoff.announce", state="done").count()


def _owner(number: int) -> str:
    return "" if number < QUEUED else f"agent:{login(number % AGENTS)}"


async def _main(folder: Path) -> None:
    app = shop(folder)
    await app.start()
    try:
        await furnish(app)
        settle()  # as `xiaoer run` does
        sys.stdout.write(f"{app.server.url}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await app.stop()


if __name__ == "__main__":
    set_up(LogSettings(level="error"))
    asyncio.run(_main(Path(sys.argv[1])))
