"""Requests a second that a WeChat webhook takes in: decrypted and durable, against decrypted only.

Both sides are aiohttp handlers in this process under the same load: 32 connections of a client
process, safe mode, each request a text of its own. The floor checks the signature, decrypts, parses
and says "success". Ours is the shop's own server: it says "success" when the message is in the
ledger (``FULL``). Handling is not in it (``end_to_end_sqlite`` is about that): the lanes are told
nothing, as in a process with the role ``gateway``; the account holds no request for an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.wechat.adapter import WeChatAdapter
from bench.measure import Result
from bench.webhook_client import AES_KEY, APP_ID, TOKEN
from core.adapter import Arrival
from core.app import App
from core.channels import Line
from core.clock import SystemClock
from core.settings import build
from core.store.models import Message

REQUESTS = 3_000  # a round
ROUNDS = 5


def webhook_accept() -> Result:
    """Both sides in turns; the medians."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> Result:
    ours: list[float] = []
    floor: list[float] = []
    async with _shop(folder) as (app, line), _decrypting(line) as bare:
        for number in range(ROUNDS):
            ours.append(await _load(f"{app.server.url}/hooks/wechat", number))
            floor.append(await _load(bare, number))
        rows = await Message.filter(direction="in").count()
    if rows != REQUESTS * ROUNDS:
        raise SystemExit(f"{rows} rows of {REQUESTS * ROUNDS} requests")
    return Result(round(statistics.median(ours)), round(statistics.median(floor)), "1/s")


@asynccontextmanager
async def _shop(folder: Path) -> AsyncGenerator[tuple[App, Line]]:
    account = {
        "adapter": "bench.webhook:Account",
        "token": TOKEN,
        "encoding_aes_key": AES_KEY,
        "app_id": APP_ID,
        "mode": "safe",
    }
    table: dict[str, Any] = {
        "server": {"port": 0},
        "data": str(folder),
        "database": {"url": f"sqlite://{folder / 'shop.db'}"},
        "channels": {"wechat": account},
        "plugins": {"enabled": []},
    }
    app = App(build(table), SystemClock())
    await app.start()
    app.intake.handed_on = lambda _rows: None
    try:
        yield app, next(iter(app.lines))
    finally:
        await app.stop()


class Account(WeChatAdapter):
    """The official account, but one that answers by push only."""

    async def receive(self, request: web.Request) -> Arrival | web.StreamResponse:
        """As it is, without the chance of a passive answer."""
        arrival = await super().receive(request)
        if isinstance(arrival, Arrival):
            return Arrival(arrival.messages, arrival.acknowledge)
        return arrival


@asynccontextmanager
async def _decrypting(line: Line) -> AsyncGenerator[str]:
    async def handle(request: web.Request) -> web.StreamResponse:
        arrival = await line.adapter.receive(request)
        return arrival.acknowledge() if isinstance(arrival, Arrival) else arrival

    app = web.Application()
    app.router.add_route("*", "/hooks/{channel}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/wechat"
    finally:
        await runner.cleanup()


async def _load(url: str, number: int) -> float:
    """Requests a second, as the client process sees it."""
    command = [sys.executable, "-m", "bench.webhook_client", url, str(REQUESTS), str(number)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe)
    told, _ = await process.communicate()
    with contextlib.suppress(ValueError):
        return float(told)
    raise SystemExit("the client ended early")


BENCHES: dict[str, Callable[[], Result]] = {"webhook_accept": webhook_accept}
