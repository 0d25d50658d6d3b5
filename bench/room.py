"""A live room as a process of its own: ``python -m bench.room RATE FRAME`` prints its address.

Whoever connects hears RATE comments a second in frames of FRAME, until he hangs up; then the number
of comments that were sent is printed. Who is behind hears later, as over any line.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from aiohttp import ClientConnectionResetError, web

SAMPLE = Path(__file__).parent.parent / "tests/data/replay/live_comments_sample.jsonl"
VIEWERS = 20_000
NUMBERS = itertools.count(1)


class Comment(msgspec.Struct):
    """What somebody says in the room."""

    id: str
    user: str
    text: str


def comments() -> Iterator[Comment]:
    """For ever: what a real audience says, by many people, each under a number of its own."""
    texts = [msgspec.json.decode(line)["text"] for line in SAMPLE.read_bytes().splitlines()]
    for number, text in zip(NUMBERS, itertools.cycle(texts), strict=False):
        yield Comment(f"c{number}", f"v{number % VIEWERS}", text)


async def _room(request: web.Request) -> web.WebSocketResponse:
    rate, frame = (int(word) for word in sys.argv[1:3])
    line, said = web.WebSocketResponse(), comments()
    await line.prepare(request)
    loop, sent = asyncio.get_running_loop(), 0
    start = loop.time()
    reading = asyncio.ensure_future(line.receive())
    try:
        while not reading.done():
            await line.send_bytes(msgspec.json.encode(list(itertools.islice(said, frame))))
            sent += frame
            await asyncio.sleep(start + sent / rate - loop.time())
    except ClientConnectionResetError:
        pass  # he hung up
    reading.cancel()
    print(sent, flush=True)
    return line


async def _main() -> None:
    app = web.Application()
    app.router.add_get("/", _room)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}/", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
