"""A stage for stories: plugins made up within a test, found by the house like any other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from core.adapter import Outcome, Receipt
from core.plugin import Plugin
from core.store.models import Message
from core.testing import Shop, open_shop
from core.turn import Turn

PATIENCE = 10.0


def cast(plugin: Plugin) -> str:
    """The name by which settings find a plugin of this test."""
    name = f"plugin_{plugin.name}"
    globals()[name] = plugin
    return f"{__name__}:{name}"


def play(*plugins: Plugin, **options: Any) -> AbstractAsyncContextManager[Shop]:
    """A running shop with these plugins; keywords are those of ``open_shop``."""
    return open_shop(plugins=[cast(plugin) for plugin in plugins], **options)


def echo(name: str = "echo") -> Plugin:
    """A plugin that says what it hears."""
    plugin = Plugin(name)

    @plugin.on(always=True)
    async def say(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.say(turn.understanding.raw)

    return plugin


async def until(true: Callable[[], bool]) -> None:
    """Let the loop run until something is so; fails after some seconds."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - looks at other people's state
            await asyncio.sleep(0.001)


async def outbox(**limits: Any) -> list[Message]:
    """The outbound rows, oldest first."""
    return await Message.filter(direction="out", **limits).order_by("id")


async def states(**limits: Any) -> list[str]:
    """The states of the outbound rows, oldest first."""
    return [row.state for row in await outbox(**limits)]


def retry(reason: str = "busy", after: float | None = None) -> Receipt:
    """The platform wants us to come again."""
    return Receipt(Outcome.RETRY, reason, retry_after=after)


FINAL = Receipt(Outcome.FINAL, "blocked")
UNKNOWN = Receipt(Outcome.UNKNOWN, "timeout")
