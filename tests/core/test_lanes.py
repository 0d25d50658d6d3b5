"""Lanes: order within a conversation, fairness between them, floods that lose nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from core.lanes import Lanes
from core.message import Inbound, Sender
from core.parts import Text
from core.store.inbox import Accepted
from core.store.models import Message
from core.testing import START, Shop
from tests.core.stage import play, until


@dataclass
class Handler:
    """Handles rows, remembers the order, and can be held or made to fail."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    seen: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    bad: set[int] = field(default_factory=set[int])
    at_once: int = 0
    most: int = 0

    async def __call__(self, number: int) -> None:
        row = await Message.get(id=number).prefetch_related("conversation")
        if row.state != "accepted":
            return
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await self.gate.wait()
        self.at_once -= 1
        if number in self.bad:
            raise RuntimeError("a fault of ours")
        self.seen.append((row.conversation.external_id, number))
        await Message.filter(id=number).update(state="handled")

    def orders(self) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for conversation, number in self.seen:
            found[conversation].append(number)
        return found


@asynccontextmanager
async def serving(
    shop: Shop, handler: Handler, *, workers: int = 4, capacity: int = 20_000
) -> AsyncGenerator[Lanes]:
    """Lanes of the test's own in place of the shop's."""
    lanes = Lanes(handler, workers, capacity=capacity)
    shop.app.intake.handed_on = lanes.put
    await lanes.start()
    try:
        yield lanes
    finally:
        handler.gate.set()
        await lanes.stop()


async def feed(shop: Shop, *conversations: str) -> None:
    """One message a conversation, in that order, in one delivery."""
    messages = [
        Inbound(shop.next_key(), name, Sender(name), (Text(name),), START) for name in conversations
    ]
    await shop.channel().channel.accept(messages)


async def test_order_within_and_side_by_side_between() -> None:
    handler = Handler()
    async with play() as shop, serving(shop, handler) as lanes:
        await feed(shop, *"abcabcabc")
        await until(lambda: handler.at_once == 3)
        handler.gate.set()
        await until(lambda: lanes.idle)
        assert handler.most == 3
        assert all(numbers == sorted(numbers) for numbers in handler.orders().values())
        assert len(handler.seen) == 9


async def test_a_chatty_conversation_does_not_keep_others_waiting() -> None:
    handler = Handler()
    handler.gate.set()
    async with play() as shop, serving(shop, handler, workers=1) as lanes:
        await feed(shop, *("a" * 20), "b")
        await until(lambda: lanes.idle)
    assert [name for name, _ in handler.seen].index("b") <= 2


async def test_a_failing_handler_blocks_nobody() -> None:
    handler = Handler()
    async with play() as shop, serving(shop, handler, workers=1) as lanes:
        await feed(shop, "a", "a", "b")
        handler.bad = {1}
        handler.gate.set()
        await until(lambda: lanes.idle)
    assert sorted(handler.seen) == [("a", 2), ("b", 3)]


@pytest.mark.parametrize("capacity", [1, 3, 10])
async def test_a_flood_waits_in_the_ledger_and_keeps_its_order(capacity: int) -> None:
    handler = Handler()
    async with play() as shop, serving(shop, handler, workers=2, capacity=capacity) as lanes:
        for _ in range(10):
            await feed(shop, *"abcde")
        assert lanes.depth <= capacity
        handler.gate.set()
        for _ in range(10):  # and more while it is catching up
            await feed(shop, *"abcde")
        await until(lambda: lanes.idle)
        assert await Message.filter(state="accepted").count() == 0
    assert all(numbers == sorted(numbers) for numbers in handler.orders().values())
    assert len(handler.seen) == 100


async def test_it_takes_up_what_a_former_life_left() -> None:
    handler = Handler()
    handler.gate.set()
    async with play() as shop:
        shop.app.intake.handed_on = lambda _rows: None
        await feed(shop, *"abab")
        async with serving(shop, handler) as lanes:
            await until(lambda: lanes.idle)
    assert handler.orders() == {"a": [1, 3], "b": [2, 4]}


async def test_stop_lets_running_turns_end_and_starts_no_more() -> None:
    handler = Handler()
    async with play() as shop, serving(shop, handler) as lanes:
        await feed(shop, "a", "a")
        await until(lambda: handler.at_once == 1)
        stopping = asyncio.create_task(lanes.stop())
        await asyncio.sleep(0)
        handler.gate.set()
        await stopping
        assert [number for _, number in handler.seen] == [1]
        assert await Message.filter(state="accepted").count() == 1


async def test_a_row_may_be_given_back() -> None:
    handler = Handler()
    handler.gate.set()
    async with play() as shop, serving(shop, handler) as lanes:
        await feed(shop, "a", "b")
        await until(lambda: lanes.idle)
        row = await Message.get(id=1)
        await Message.filter(id=1).update(state="accepted")
        lanes.again([Accepted(1, row.conversation_id, new=True)])
        await until(lambda: lanes.idle)
    assert [number for _, number in handler.seen] == [1, 2, 1]
