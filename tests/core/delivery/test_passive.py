"""The passive answer: in the platform's own request when there is time, otherwise another way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from core.adapter import Capabilities, PassiveReply
from core.clock import TestClock
from core.delivery.passive import PassiveDesk
from core.message import ConversationKind
from core.plugin import Plugin
from core.testing import START, Shop
from core.turn import Turn
from core.views import OutboundRow
from tests.core.counter import CounterAdapter
from tests.core.stage import outbox, play, states


@dataclass
class Cook:
    """Answers when the test lets it."""

    ready: asyncio.Event = field(default_factory=asyncio.Event)
    orders: list[str] = field(default_factory=list[str])

    def plugin(self) -> Plugin:
        plugin = Plugin("cook")

        @plugin.on(always=True, seconds=30)
        async def cook(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
            self.orders.append(turn.text)
            if turn.text.startswith("slow"):
                await self.ready.wait()
            for word in turn.text.split("+"):
                turn.say(f"done {word}")

        return plugin


@dataclass
class Counter:
    """The platform's side of the counter."""

    shop: Shop
    client: ClientSession
    cook: Cook

    @property
    def pushed(self) -> list[str]:
        line = self.shop.app.lines.get("desk")
        assert line is not None
        assert isinstance(line.adapter, CounterAdapter)
        return line.adapter.sent

    def say(self, text: str, key: str = "1", who: str = "Mei") -> asyncio.Task[str | None]:
        """Deliver a message; the task ends with the passive answer, or ``None`` without one."""
        return asyncio.create_task(self._post({"key": key, "who": who, "text": text}))

    async def _post(self, said: dict[str, Any]) -> str | None:
        url = f"{self.shop.app.server.url}/hooks/desk"
        async with self.client.post(url, json=said) as response:
            assert response.status == 200
            return (await response.json()).get("answer")

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not true():  # noqa: ASYNC110 - looks at other people's state
                await asyncio.sleep(0.001)

    async def all_left(self, count: int) -> None:
        """Wait until so many answers are marked as sent: shortly after the platform has them."""
        async with asyncio.timeout(5):
            while await states() != ["sent"] * count:  # noqa: ASYNC110 - see until()
                await asyncio.sleep(0.001)

    async def reach(self, seconds: float) -> None:
        """Let time pass up to a moment at which somebody is going to wake."""
        goal = START + timedelta(seconds=seconds)
        await self.until(lambda: self.shop.clock.next_wake() == goal)
        self.shop.clock.move_to(goal)


@asynccontextmanager
async def counter(**settings: Any) -> AsyncGenerator[Counter]:
    cook = Cook()
    channels = {"desk": {"adapter": "tests.core.counter:CounterAdapter", **settings}}
    async with play(cook.plugin(), channels=channels) as shop, ClientSession() as client:
        yield Counter(shop, client, cook)
        cook.ready.set()


async def test_in_time() -> None:
    async with counter() as desk:
        assert await desk.say("rice") == "done rice"
        await desk.all_left(1)
        (row,) = await outbox()
        assert row.platform_id == "passive"
        assert desk.pushed == []


async def test_more_than_one_answer_the_rest_is_pushed() -> None:
    async with counter() as desk:
        assert await desk.say("rice+tea") == "done rice"
        await desk.all_left(2)
        assert desk.pushed == ["done tea"]


async def test_too_late_and_pushed() -> None:
    async with counter() as desk:
        call = desk.say("slow rice")
        await desk.reach(4.5)
        assert await call is None
        desk.cook.ready.set()
        await desk.shop.settle()
        assert desk.pushed == ["done slow rice"]
        assert await states() == ["sent"]


async def test_a_delivery_that_was_refused_leaves_no_answer_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The ledger took longer than the platform waits: the answer was kept for a request long gone.

    Nobody fetched it, and everything for this customer stood behind it until the next start.
    """
    monkeypatch.setattr("core.web.hooks.DURABLE", 0.05)
    async with counter() as desk:
        driver = desk.shop.app.writers.driver
        write, back = driver.write, asyncio.Event()

        async def slow(works: Sequence[Any]) -> list[Any]:
            await back.wait()
            return await write(works)

        monkeypatch.setattr(driver, "write", slow)
        url = f"{desk.shop.app.server.url}/hooks/desk"
        said = {"key": "1", "who": "Mei", "text": "rice"}
        async with desk.client.post(url, json=said) as response:
            assert response.status == 503
        back.set()
        await desk.until(lambda: desk.pushed == ["done rice"])
        await desk.all_left(1)


async def test_a_duplicate_delivery_gets_the_same_answer() -> None:
    async with counter() as desk:
        assert [await desk.say("rice") for _ in range(3)] == ["done rice"] * 3
        assert desk.cook.orders == ["rice"]
        await desk.all_left(1)
        assert desk.pushed == []


async def test_duplicates_at_the_same_moment_share_the_answer() -> None:
    async with counter() as desk:
        calls = [desk.say("slow rice") for _ in range(3)]
        await desk.until(lambda: len(desk.cook.orders) == 1)
        desk.cook.ready.set()
        assert set(await asyncio.gather(*calls)) == {"done slow rice"}
        assert desk.cook.orders == ["slow rice"]


async def test_only_passive_and_ready_for_the_platforms_next_try() -> None:
    async with counter(push=False) as desk:
        first = desk.say("slow rice")
        await desk.reach(4.5)
        desk.cook.ready.set()
        again = desk.say("slow rice")
        assert await again == "done slow rice"
        await desk.reach(6.0)
        assert await first is None
        await desk.all_left(1)


async def test_only_passive_and_too_late_is_kept_for_the_next_message() -> None:
    async with counter(push=False, attempts=1) as desk:
        call = desk.say("slow rice")
        await desk.reach(4.5)
        assert await call is None
        desk.cook.ready.set()
        await desk.shop.settle()
        assert await states() == ["queued"]
        answer = await desk.say("tea", key="2")
        assert answer == "done slow rice\n\ndone tea"
        await desk.all_left(2)
        assert desk.pushed == []


def test_claimed_while_the_request_gave_up_is_given_back() -> None:
    """The deadline may pass between the claim inside the transaction and its commit."""

    async def scene() -> list[int]:
        given_back: list[int] = []
        desk = PassiveDesk(TestClock(START), given_back.extend)
        can = Capabilities(as_of="2026-11-21", passive=PassiveReply(4.5))
        slot = desk.open("desk", "1", can)
        row = OutboundRow("desk", "k", 1, "Mei", ConversationKind.DIRECT, "", "[]", START, id=7)
        slot.claim([row])
        slot.close()
        assert given_back == []
        slot.resolve()
        return given_back

    assert asyncio.run(scene()) == [7]
