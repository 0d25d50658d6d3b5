"""A full disk: it is said honestly, nobody restarts the shop, and the counts balance.

A platform that is down: ``tests/core/delivery/test_breaker.py``; a database server that is killed
under load: ``tests/postgres/test_processes.py``.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from tortoise import connections

from core.adapter import Arrival
from core.message import Inbound, Sender
from core.parts import Text
from core.plugin import Plugin
from core.store.models import Message
from core.store.sql import Work
from core.testing import Shop
from core.testing.mock import MockAdapter
from core.turn import Turn
from core.web import hooks
from tests.core.stage import play, states, until

LONG = "long " * 2_000  # needs pages of its own: no room is left for it in those that there are


class Door(MockAdapter):
    """A mock platform that delivers over HTTP: ``POST`` a text, with its key in the query."""

    async def receive(self, request: web.Request) -> Arrival:
        said = Text(await request.text())
        now = self.channel.clock.now()
        return Arrival([Inbound(request.query["key"], "mei", Sender("mei"), (said,), now)])


async def knock(shop: Shop, key: str, text: str) -> int:
    async with ClientSession() as line:
        url = f"{shop.app.server.url}/hooks/door?key={key}"
        async with line.post(url, data=text) as answer:
            return answer.status


async def disk(shop: Shop, pages: int) -> None:
    """Let the shop's two connections to SQLite use that many pages, or no more than there are."""
    limit = f"PRAGMA max_page_count = {pages}"

    def work() -> Work[None]:
        yield limit, ()

    await shop.app.writer.driver.write([work])
    await connections.get("default").execute_query(limit)


async def test_a_full_disk_refuses_honestly_and_all_goes_on_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "DURABLE", 0.2)
    plugin, heard, go = Plugin("slow"), asyncio.Event(), asyncio.Event()

    @plugin.on(always=True)
    async def answer(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        if turn.message.key == "early":
            heard.set()
            await go.wait()
        turn.say(f"{turn.message.key} {LONG}")

    channels = {"door": {"adapter": f"{__name__}:Door", "max_text": 20_000}}
    async with play(plugin, folder=tmp_path, channels=channels) as shop:
        sent = shop.channel("door").sent
        assert await knock(shop, "first", LONG) == 200
        await until(lambda: len(sent) == 1)
        assert await knock(shop, "early", LONG) == 200
        await heard.wait()

        await disk(shop, 1)
        go.set()  # its answer finds no room
        assert await knock(shop, "late", LONG) == 503
        assert await knock(shop, "late", LONG) == 503
        assert (len(sent), await shop.balance()) == (1, {"handled": 1, "accepted": 1})

        await disk(shop, 1_000_000)
        await until(lambda: len(sent) >= 2)
        assert await knock(shop, "late", LONG) == 200
        await shop.settle()
        assert await shop.balance() == {"handled": 3}
        assert [message.text.split()[0] for message in sent] == ["first", "early", "late"]
        assert await states() == ["sent"] * 3
        assert not await Message.filter(direction="in", attempts__gt=1).exists()
