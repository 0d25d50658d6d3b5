"""Dispatch: candidates one after another, and nothing left of those who declined."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from core.effects import Address
from core.plugin import Plugin
from core.route.rules import Rank
from core.store.models import Deadline, Message
from core.turn import Turn
from tests.core.stage import echo, outbox, play


async def test_a_handler_that_declines_has_said_nothing() -> None:
    shy = Plugin("shy")

    @shy.on(always=True, rank=Rank.COMMAND)
    async def regret(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.say("never mind")
        turn.send(Address("shop", "staff"), "core.sorry")
        turn.at(timedelta(hours=1), "shy.later", "k")
        turn.emit("shy.happened")
        turn.memory["seen"] = True
        turn.hand_over("queue")
        turn.write(_fail)
        turn.note(score=0.3)
        turn.decline("not sure")

    async with play(shy, echo()) as shop:
        mei = shop.customer("Mei")
        await mei.says("hello")
        assert mei.replies == ["hello"]
        assert [row.text for row in await outbox()] == ["hello"]
        conversation = await shop.conversation("Mei")
        assert (conversation.memory, conversation.owner) == ({}, "bot")
        assert await Deadline.all().count() == 0
        assert await shop.events("shy.happened") == []
        decision = (await Message.get(direction="in")).decision or {}
    assert decision["handler"] == "echo.say"
    assert [(b["handler"], b["outcome"], b["notes"]) for b in decision["bids"]] == [
        ("shy.regret", "declined: not sure", {"score": 0.3}),
        ("echo.say", "won", {}),
    ]


async def _fail() -> Any:
    raise AssertionError("a declined write must not run")


async def test_memory_of_a_declining_handler_is_as_before() -> None:
    plugin = Plugin("m")

    @plugin.on(keywords="set")
    async def remember(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.memory["list"] = [1]

    @plugin.on(keywords="spoil")
    async def spoil(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.memory["list"].append(2)
        turn.decline()

    async with play(plugin) as shop:
        mei = shop.customer("Mei")
        await mei.says("set")
        await mei.says("spoil")
        assert (await shop.conversation("Mei")).memory == {"m": {"list": [1]}}


async def test_the_others_were_not_asked() -> None:
    async with play(echo("a"), echo("b")) as shop:
        await shop.customer("Mei").says("hi")
        bids = ((await Message.get(direction="in")).decision or {})["bids"]
    assert [(b["handler"], b["outcome"]) for b in bids] == [
        ("a.say", "won"),
        ("b.say", "not asked"),
    ]


async def test_nobody_answers() -> None:
    async with play() as shop:
        mei = shop.customer("Mei")
        await mei.says("hi")
        mei.hears_nothing()
        row = await Message.get(direction="in")
        assert (row.state, (row.decision or {})["handler"]) == ("handled", "")


async def test_a_handler_that_takes_too_long_is_stopped() -> None:
    slow = Plugin("slow")
    ended: list[str] = []

    @slow.on(always=True, seconds=0.01)
    async def hang(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.say("half")
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(turn.text)

    async with play(slow, settings={"work": {"attempts": 1}}) as shop:
        mei = shop.customer("Mei")
        await mei.says("hi")
        row = await Message.get(direction="in")
        assert row.state == "failed"
        assert row.error == "HandlerTimeout: slow.hang took longer than 0.01 s"
    assert ended == ["hi"]
