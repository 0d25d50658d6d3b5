"""A plugin for the end-to-end tests: quick answers, and slow ones that a test finishes."""

from __future__ import annotations

import asyncio

from core.parts import Image, Menu, Option
from core.plugin import Plugin
from core.turn import Turn

plugin = Plugin("kitchen")


class Stove:
    """What is cooking: the messages taken up, and the gate that slow ones wait at."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.orders: list[str] = []
        self.taken = asyncio.Event()
        self.ready = asyncio.Event()


stove = Stove()


@plugin.on(exact="在吗")
async def quick(turn: Turn) -> None:
    stove.orders.append(turn.text)
    turn.say("在的，亲")


@plugin.on(prefix="慢", seconds=3600)
async def slow(turn: Turn) -> None:
    stove.orders.append(turn.text)
    stove.taken.set()
    await stove.ready.wait()
    turn.say("久等了，亲")


@plugin.on(exact="人工")
async def person(turn: Turn) -> None:
    turn.hand_over("queue")
    turn.say("正在为您转接")


@plugin.on(prefix="看看")
async def look(turn: Turn) -> None:
    turn.say("给您看看", Image(url=turn.message.text.removeprefix("看看").strip()))


@plugin.on(exact="有用吗")
async def useful(turn: Turn) -> None:
    turn.say("", Menu("有用吗", (Option("1", "有用"), Option("2", "没用"))))


@plugin.on(event="follow")
async def welcome(turn: Turn) -> None:
    stove.orders.append("follow")
    turn.say("欢迎关注")


@plugin.on(event="view")
async def seen(turn: Turn) -> None:
    stove.orders.append("view")
