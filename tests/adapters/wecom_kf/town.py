"""A shop with a kf channel, and WeCom in front of it, both on one test clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from adapters.wecom_kf.adapter import WeComKfAdapter
from core.plugin import Plugin
from core.store.models import Message
from core.testing import Shop, open_shop
from core.turn import Turn
from tests.standins.wecom import WeCom

PATIENCE = 20.0
plugin = Plugin("echo")
welcome = Plugin("welcome")


@plugin.on(always=True)
async def answer(turn: Turn) -> None:
    if not turn.message.text:
        turn.decline()
    turn.say(f"echo {turn.message.text}")


@welcome.on(event="enter")
async def greet(turn: Turn) -> None:
    turn.say("welcome")


@welcome.on(event="session:ended")
async def thank(turn: Turn) -> None:
    turn.say("was it good?")


HERE = __name__
ECHO = f"{HERE}:plugin"
WELCOME = f"{HERE}:welcome"


@asynccontextmanager
async def town(
    *plugins: str,
    folder: Path | None = None,
    wecom: WeCom | None = None,
    **settings: Any,
) -> AsyncGenerator[tuple[Shop, WeCom]]:
    """The channel is called ``kf``. Give the same folder and platform again to see a restart."""
    platform = wecom or WeCom()
    if wecom is None:
        await platform.start()
    channel = {"adapter": "wecom_kf", **platform.settings(), **settings}
    try:
        async with open_shop(plugins=plugins, channels={"kf": channel}, folder=folder) as shop:
            platform.clock = shop.clock
            platform.hook = f"{shop.app.server.url}/hooks/kf"
            yield shop, platform
    finally:
        if wecom is None:
            await platform.stop()


async def caught_up(shop: Shop, wecom: WeCom, channel: str = "kf") -> None:
    """Wait until every page is in the ledger and dealt with."""
    line = shop.app.lines.get(channel)
    assert line is not None
    adapter = cast("WeComKfAdapter", line.adapter)

    async def at_the_end() -> bool:
        return await line.recall(f"cursor:{wecom.account}") == f"p{len(wecom.pages)}"

    await until(at_the_end)
    await shop.settle()
    while adapter.changing:
        await asyncio.wait(adapter.changing)
    await shop.settle()


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Let the loop run until something is so; fails after some seconds."""
    async with asyncio.timeout(PATIENCE):
        while not await true():  # noqa: ASYNC110 - looks at other people's state
            await asyncio.sleep(0.002)


async def heard(channel: str = "kf") -> list[Message]:
    """The inbound rows, oldest first."""
    return await Message.filter(direction="in", channel=channel).order_by("id")


async def said(channel: str = "kf") -> list[Message]:
    """The outbound rows, oldest first."""
    return await Message.filter(direction="out", channel=channel).order_by("id")
