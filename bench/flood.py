"""What a flood in a live room costs the customers who chat: p99 beside it over p99 without it.

Fifty people each say something about once a second; their wait is from the moment the platform
hands us the message (``accept``) to the moment we hand it the answer (``send``), with the ledger's
commits (``FULL``) between. In every other round one live room says 5,000 comments a second as well.
The room is a process of its own at the end of a WebSocket (:mod:`bench.room`): making comments
costs the shop nothing; reading, parsing and sifting them is its work and is measured. What is kept
of them is handled and answered on the board.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import aiohttp
import msgspec

from bench.measure import Result, percentile, resident
from bench.room import Comment
from core.adapter import Adapter, Capabilities, Receipt
from core.app import App
from core.clock import SystemClock
from core.message import ConversationKind, Inbound, Outbound, Sender
from core.parts import Text
from core.plugin import Plugin
from core.settings import build
from core.store.models import Message
from core.turn import Turn

CHATS = 50
COMMENTS, FRAME = 5_000, 100  # a second, and at once
SECONDS, ROUNDS = 20.0, 3
FLAT_AFTER = 10.0  # seconds of the first flood
WARM = 3.0  # seconds
PATIENCE = 30.0  # seconds

plugin = Plugin("bench")


@plugin.on(always=True)
async def answer(turn: Turn) -> None:
    """Answer everybody in the simplest way."""
    turn.say("hello to you")


class Chats(Adapter):
    """A chat platform that notes when an answer reached it."""

    capabilities = Capabilities(as_of="2026-11-22")
    waiting: defaultdict[str, deque[asyncio.Future[float]]]

    async def start(self) -> None:
        """Nobody waits yet."""
        self.waiting = defaultdict(deque)

    async def send(self, message: Outbound) -> Receipt:
        """Note the time; answers come in the order of the questions."""
        self.waiting[message.conversation].popleft().set_result(time.perf_counter())
        return Receipt.accepted()

    async def ask(self, message: Inbound) -> float:
        """Seconds until this message is answered."""
        answered = asyncio.get_running_loop().create_future()
        self.waiting[message.conversation].append(answered)
        start = time.perf_counter()
        await self.channel.accept([message])
        return await answered - start

    async def talk(self, name: str, until: float) -> list[float]:
        """What one customer waits, message by message, in seconds."""
        waits: list[float] = []
        loop = asyncio.get_running_loop()
        await asyncio.sleep(random.random())
        while loop.time() < until:
            waits.append(
                await self.ask(_inbound(f"{name}-{loop.time()}", name, "hello", live=False))
            )
            await asyncio.sleep(random.uniform(0.8, 1.2))
        return waits


class Room(Adapter):
    """A live room; answers go to the board."""

    capabilities = Capabilities(as_of="2026-11-22", push=False)

    async def listen(self, url: str, until: float) -> None:
        """Hear it for a while."""
        read = msgspec.json.Decoder(list[Comment]).decode
        loop = asyncio.get_running_loop()
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as line:
            while loop.time() < until:
                comments = read(await line.receive_bytes())
                said = [_inbound(c.id, c.user, c.text, live=True) for c in comments]
                await self.channel.accept(said)


def _inbound(key: str, who: str, text: str, *, live: bool) -> Inbound:
    kind = ConversationKind.LIVE if live else ConversationKind.DIRECT
    now = SystemClock().now()
    return Inbound(key, "room" if live else who, Sender(who, who), (Text(text),), now, kind)


@cache
def measure() -> tuple[Result, Result]:
    """The customers' p99 in ms with and without the flood, and MB resident at its end and start."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> tuple[Result, Result]:
    quiet: list[float] = []
    loud: list[float] = []
    memory: list[float] = []
    async with _shop(folder) as (app, chats, room):
        await _chat(chats, WARM)
        for _ in range(ROUNDS):
            quiet.append(percentile(await _chat(chats, SECONDS), 0.99))
            async with _audience(room, memory):
                loud.append(percentile(await _chat(chats, SECONDS), 0.99))
        await _account_for_all(app)
    sys.stderr.write(f"quiet {_ms(quiet)}, loud {_ms(loud)}\n")
    value, floor = statistics.median(loud), statistics.median(quiet)
    p99 = Result(round(value * 1000, 2), round(floor * 1000, 2), "ms")
    return p99, Result(round(memory[-1], 1), round(memory[0], 1), "MB")


async def _chat(chats: Chats, seconds: float) -> list[float]:
    until = asyncio.get_running_loop().time() + seconds
    people = [f"p{number}" for number in range(CHATS)]
    waits = await asyncio.gather(*(chats.talk(name, until) for name in people))
    return [wait for one in waits for wait in one]


@asynccontextmanager
async def _audience(room: Room, memory: list[float]) -> AsyncGenerator[None]:
    """Inside, the room is loud; afterwards all that it said must have been heard."""
    command = [sys.executable, "-m", "bench.room", str(COMMENTS), str(FRAME)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe)
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    until = asyncio.get_running_loop().time() + SECONDS
    listening = asyncio.create_task(room.listen(url, until))
    try:
        async with asyncio.timeout(SECONDS + PATIENCE):
            watching = asyncio.create_task(_watch(memory))
            yield
            await listening
            watching.cancel()
    finally:
        process.kill()
        await process.wait()
    memory.append(resident())


async def _watch(memory: list[float]) -> None:
    if not memory:
        await asyncio.sleep(FLAT_AFTER)
        memory.append(resident())


async def _account_for_all(app: App) -> None:
    """Accepted = handled + failed + sampled + waiting, and the ledger has what was kept."""
    while not app.idle:  # noqa: ASYNC110 - many parts, no one event
        await asyncio.sleep(0.01)
    value = app.metrics.registry.get_sample_value
    accepted = value("xiaoer_inbound_total", {"channel": "room"}) or 0
    ends = ("handled", "failed", "sampled")
    end = {s: value("xiaoer_finished_total", {"channel": "room", "state": s}) or 0 for s in ends}
    rows = await Message.filter(channel="room", direction="in").count()
    sys.stderr.write(f"accepted {accepted:.0f} = {end}; {rows} rows\n")
    if accepted != sum(end.values()) or rows != end["handled"] + end["failed"]:
        raise SystemExit("the books do not balance")


@asynccontextmanager
async def _shop(folder: Path) -> AsyncGenerator[tuple[App, Chats, Room]]:
    table = {
        "server": {"port": 0},
        "data": str(folder),
        "database": {"url": f"sqlite://{folder / 'shop.db'}"},
        "channels": {
            "chat": {"adapter": "bench.flood:Chats"},
            "room": {"adapter": "bench.flood:Room"},
        },
        "plugins": {"enabled": ["bench.flood:plugin"]},
    }
    app = App(build(table), SystemClock())
    await app.start()
    chats, room = (line.adapter for line in app.lines)
    assert isinstance(chats, Chats)
    assert isinstance(room, Room)
    try:
        yield app, chats, room
    finally:
        await app.stop()


def _ms(seconds: list[float]) -> str:
    return ", ".join(f"{one * 1000:.1f}" for one in seconds) + " ms"


BENCHES: dict[str, Callable[[], Result]] = {
    "flood_chat_p99": lambda: measure()[0],
    "flood_memory": lambda: measure()[1],
}
