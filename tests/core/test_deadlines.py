"""Deadlines: each runs once at its time, whatever happened meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from core.due import Due, Late
from core.effects import Address, Post
from core.parts import Text
from core.plugin import Plugin
from core.store.commit import by_hand
from core.store.models import Deadline
from core.testing import START, Shop
from core.turn import Turn
from tests.core.stage import outbox, play

HOUR = timedelta(hours=1)


class Tower:
    """A plugin with a clock: what ran, and how often it shall fail."""

    def __init__(self, late: Late = Late.RUN, *, seconds: float = 30.0) -> None:
        self.rang: list[tuple[str, timedelta]] = []
        self.failures = 0
        self.hang, self.gate = False, asyncio.Event()
        self.plugin = plugin = Plugin("tower")

        @plugin.on(keywords="set")
        async def wind(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
            turn.at(HOUR, "tower.ring", "noon", word="ding")

        @plugin.on(keywords="move")
        async def move(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
            turn.at(2 * HOUR, "tower.ring", "noon", word="dong")

        @plugin.on(keywords="cancel")
        async def cancel(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
            turn.cancel("tower.ring", "noon")

        @plugin.due(late=late, seconds=seconds)
        async def ring(due: Due) -> None:  # pyright: ignore[reportUnusedFunction]
            self.rang.append((due.key, due.clock.now() - START))
            due.post(Post((Text(due.data["word"]),)))
            if self.hang:
                await self.gate.wait()
                raise RuntimeError("bent")
            if self.failures:
                self.failures -= 1
                raise RuntimeError("rusty")


async def state() -> str:
    return (await Deadline.get()).state


async def test_it_runs_once_at_its_time() -> None:
    tower = Tower()
    async with play(tower.plugin) as shop:
        await shop.customer("Mei").says("set")
        await shop.advance(minutes=59)
        assert (tower.rang, await state()) == ([], "waiting")
        await shop.advance(minutes=1)
        assert (tower.rang, await state()) == ([("noon", HOUR)], "done")
        await shop.advance(days=2)
        assert shop.posts("Mei") == ["ding"]


async def test_it_may_be_moved() -> None:
    tower = Tower()
    async with play(tower.plugin) as shop:
        mei = shop.customer("Mei")
        await mei.says("set")
        await mei.says("move")
        await shop.advance(hours=3)
        assert tower.rang == [("noon", 2 * HOUR)]
        assert shop.posts("Mei") == ["dong"]


async def test_it_may_be_cancelled_and_set_again() -> None:
    tower = Tower()
    async with play(tower.plugin) as shop:
        mei = shop.customer("Mei")
        await mei.says("set")
        await mei.says("cancel")
        await shop.advance(hours=2)
        assert (tower.rang, await state()) == ([], "cancelled")
        await mei.says("set")
        await shop.advance(hours=2)
        assert (tower.rang, await state()) == ([("noon", 3 * HOUR)], "done")


@pytest.mark.parametrize(
    ("late", "down", "rings", "ends"),
    [
        (Late.RUN, 5, 1, "done"),
        (Late.SKIP, 5, 0, "skipped"),
        (Late.REPORT, 5, 0, "skipped"),
        (Late.SKIP, 1.05, 1, "done"),  # within its grace of five minutes
    ],
)
async def test_it_came_due_while_nobody_ran(
    tmp_path: Path, late: Late, down: float, rings: int, ends: str
) -> None:
    first, second = Tower(late), Tower(late)
    async with play(first.plugin, folder=tmp_path) as shop:
        await shop.customer("Mei").says("set")
    async with play(second.plugin, folder=tmp_path, start=START + down * HOUR) as shop:
        await shop.settle()
        assert (len(second.rang), await state()) == (rings, ends)
        missed = await shop.events("deadline.missed")
    assert len(missed) == (late is Late.REPORT)
    if missed:
        assert missed[0] == {"name": "tower.ring", "key": "noon", "late_seconds": 4 * 3600.0}


async def test_what_fails_is_tried_again_ever_later_then_given_up() -> None:
    tower = Tower()
    tower.failures = 99
    async with play(tower.plugin) as shop:
        await shop.customer("Mei").says("set")
        await shop.advance(hours=2)
        times = [(at - HOUR).total_seconds() for _, at in tower.rang]
        assert times == [0, 10, 30, 70, 150]
        row = await Deadline.get()
        assert (row.state, row.error, row.attempts) == ("failed", "RuntimeError: rusty", 5)
        (event,) = await shop.events("deadline.failed")
        assert event == {"name": "tower.ring", "key": "noon", "error": "RuntimeError: rusty"}
        assert await outbox() == []


async def test_what_failed_once_says_its_words_once() -> None:
    tower = Tower()
    tower.failures = 1
    async with play(tower.plugin) as shop:
        await shop.customer("Mei").says("set")
        await shop.advance(hours=2)
        assert shop.posts("Mei") == ["ding"]


async def test_one_that_hangs_is_stopped_and_holds_up_nobody() -> None:
    tower = Tower(seconds=0.01)
    tower.hang = True
    async with play(tower.plugin) as shop:
        await shop.customer("Mei").says("set")
        await shop.advance(hours=2)
        row = await Deadline.get()
        assert (row.state, row.error.split(":")[0]) == ("failed", "TimeoutError")


async def test_stopping_in_the_middle_runs_it_again_in_the_next_life(tmp_path: Path) -> None:
    first, second = Tower(), Tower()
    first.hang = True
    async with play(first.plugin, folder=tmp_path) as shop:
        await shop.customer("Mei").says("set")
        shop.clock.move_to(START + HOUR)
        async with asyncio.timeout(5):
            while not first.rang:  # noqa: ASYNC110 - looks at other people's state
                await asyncio.sleep(0)
    async with play(second.plugin, folder=tmp_path, start=START + HOUR) as shop:
        await shop.settle()
        assert len(second.rang) == 1
        assert shop.posts("Mei") == ["ding"]


async def test_a_handler_may_set_its_own_next_time() -> None:
    plugin = Plugin("weekly")
    slots: list[timedelta] = []

    @plugin.on(keywords="set")
    async def begin(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.at(HOUR, "weekly.post", "slot")

    @plugin.due()
    async def post(due: Due) -> None:  # pyright: ignore[reportUnusedFunction]
        slots.append(due.due_at - START)
        due.at(due.due_at + timedelta(weeks=1), "weekly.post", "slot")
        due.post(Post((Text("news"),), Address("shop", "group")))

    async with play(plugin) as shop:
        await shop.customer("Mei").says("set")
        await shop.advance(weeks=3)
        assert slots == [HOUR + n * timedelta(weeks=1) for n in range(3)]
        assert shop.posts("group") == ["news"] * 3


async def test_one_set_again_for_the_same_moment_says_its_words_both_times() -> None:
    """Two customers wait; the second was given away with not a word: the keys were the same."""
    plugin = Plugin("queue")

    @plugin.on(keywords="open")
    async def begin(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.at(HOUR, "queue.give", "door", waiting=["Mei", "Lei"])

    @plugin.due()
    async def give(due: Due) -> None:  # pyright: ignore[reportUnusedFunction]
        first, *waiting = due.data["waiting"]
        due.post(Post((Text("your turn"),), Address("shop", first)))
        if waiting:
            due.at(timedelta(0), "queue.give", "door", waiting=waiting)

    async with play(plugin) as shop:
        await shop.customer("Han").says("open")
        await shop.advance(hours=1)
        assert (shop.posts("Mei"), shop.posts("Lei")) == (["your turn"], ["your turn"])


async def test_one_that_is_moved_while_it_fails_waits_for_its_new_time() -> None:
    tower = Tower()
    tower.hang = True
    async with play(tower.plugin) as shop:
        await shop.customer("Mei").says("set")
        shop.clock.move_to(START + HOUR)
        async with asyncio.timeout(5):
            while not tower.rang:  # noqa: ASYNC110 - looks at other people's state
                await asyncio.sleep(0)
        await shop.customer("Mei").drops(Text("move"))
        async with asyncio.timeout(5):
            while (await Deadline.get()).due_at == START + HOUR:  # noqa: ASYNC110 - likewise
                await asyncio.sleep(0)
        tower.gate.set()  # and now it breaks
        await shop.advance(minutes=30)
        assert len(tower.rang) == 1
        row = await Deadline.get()
        assert (row.state, row.attempts, row.run_at) == ("waiting", 0, row.due_at)


async def set_from_outside(shop: Shop, name: str) -> None:
    from core.effects import Effects

    effects = Effects(shop.clock, shop.app.texts, "en")
    effects.at(HOUR, name, "k", word="x")
    await shop.app.commit.write(effects, by_hand())


async def test_one_whose_plugin_is_gone_waits_for_it(tmp_path: Path) -> None:
    tower = Tower()
    async with play(folder=tmp_path) as shop:
        await set_from_outside(shop, "tower.ring")
        await shop.advance(hours=2)
        assert await state() == "waiting"
    async with play(tower.plugin, folder=tmp_path, start=START + 2 * HOUR) as shop:
        await shop.settle()
        assert len(tower.rang) == 1
