"""A house with an ``ilink`` channel, and iLink in front of it, both on one test clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from core.plugin import Plugin
from core.store.models import Message
from core.testing import Shop, open_shop
from core.turn import Turn
from tests.standins.ilink import ILink

plugin = Plugin("echo")
ECHO = f"{__name__}:plugin"


@plugin.on(always=True)
async def answer(turn: Turn) -> None:
    turn.say(f"echo {turn.message.text}")


@asynccontextmanager
async def home(ilink: ILink, *plugins: str, folder: Path | None = None) -> AsyncGenerator[Shop]:
    """The channel is called ``me``."""
    channel = {"adapter": "ilink", "bot_token": ilink.token, "api_base": ilink.url}
    channel |= {"store": f"{ilink.url}/c2c", "media_hosts": ["127.0.0.1"]}
    async with open_shop(plugins=plugins, channels={"me": channel}, folder=folder) as shop:
        ilink.clock = shop.clock
        yield shop


async def caught_up(shop: Shop, ilink: ILink, channel: str = "me") -> None:
    """Wait until every update is in the ledger and dealt with."""
    line = shop.app.lines.get(channel)
    assert line is not None
    async with asyncio.timeout(10):
        while await line.recall("updates") != f"buf-{len(ilink.updates)}":  # noqa: ASYNC110
            await asyncio.sleep(0.002)
    await shop.settle()


async def rows(direction: str) -> list[Message]:
    """The rows of the channel, oldest first."""
    return await Message.filter(direction=direction, channel="me").order_by("id")
