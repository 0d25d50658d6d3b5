"""A shop with a ``wecom`` channel, and WeCom in front of it, both on one test clock."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from core.effects import Address, Effects, Post
from core.message import ConversationKind
from core.parts import AnyPart
from core.plugin import Plugin
from core.store.commit import by_hand
from core.store.models import Message
from core.testing import START, Shop, open_shop
from core.turn import Turn
from tests.standins.wecom_app import WeComApp

plugin = Plugin("staff")


@plugin.on(event="choice")
async def chosen(turn: Turn) -> None:
    assert turn.event
    turn.say(f"chosen {turn.event.key} by {turn.role}")


@plugin.on(event="follow")
async def greet(turn: Turn) -> None:
    turn.say(f"welcome, {turn.contact.name}")


@plugin.on(command="ping")
async def ping(turn: Turn) -> None:
    turn.say("pong")


STAFF = f"{__name__}:plugin"


@asynccontextmanager
async def firm(
    *plugins: str,
    wecom: WeComApp | None = None,
    folder: Path | None = None,
    table: dict[str, Any] | None = None,
    start: datetime = START,
    **settings: Any,
) -> AsyncGenerator[tuple[Shop, WeComApp]]:
    """Give the same folder and platform again to see a restart."""
    platform = wecom or WeComApp()
    if wecom is None:
        await platform.start()
    channel = {"adapter": "wecom", **platform.settings(), **settings}
    try:
        async with open_shop(
            plugins=plugins,
            channels={"wecom": channel},
            folder=folder,
            settings=table,
            start=start,
        ) as shop:
            platform.clock = shop.clock
            platform.hook = f"{shop.app.server.url}/hooks/wecom"
            yield shop, platform
    finally:
        if wecom is None:
            await platform.stop()


async def post(
    shop: Shop,
    to: str,
    *parts: AnyPart,
    kind: str = "direct",
    key: str = "",
    channel: str = "wecom",
) -> None:
    """Queue a message and wait until it moves no more by itself."""
    effects = Effects(shop.clock, shop.app.texts, "en")
    effects.post(Post(parts, Address(channel, to, ConversationKind(kind)), key=key))
    await shop.app.commit.write(effects, by_hand())
    await shop.settle()


async def heard() -> list[Message]:
    """The inbound rows, oldest first."""
    return await Message.filter(direction="in", channel="wecom").order_by("id")


async def said() -> list[Message]:
    """The outbound rows, oldest first."""
    return await Message.filter(direction="out", channel="wecom").order_by("id")
