"""The worker: a message is handled to its end, parked, or given another chance."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from core.effects import Effects
from core.parts import Text
from core.plugin import Plugin
from core.store.commit import by_hand
from core.store.models import Conversation, Message
from core.testing import Shop
from core.turn import Turn
from tests.core.stage import outbox, play


@dataclass
class Kitchen:
    """A handler that fails as often as it is told to."""

    failures: int = 0
    runs: list[str] = field(default_factory=list[str])

    def plugin(self) -> Plugin:
        plugin = Plugin("kitchen")

        @plugin.on(always=True)
        async def cook(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
            self.runs.append(turn.text)
            turn.memory["runs"] = turn.memory.get("runs", 0) + 1
            turn.say("half done")
            if self.failures:
                self.failures -= 1
                raise RuntimeError("burnt")

        return plugin


ENGLISH = {"shop": {"locale": "en"}}


async def test_what_fails_is_tried_again_later() -> None:
    kitchen = Kitchen(failures=2)
    async with play(kitchen.plugin()) as shop:
        mei = shop.customer("Mei")
        await mei.says("rice")
        mei.hears_nothing()
        await shop.advance(seconds=0.5)
        assert kitchen.runs == ["rice"] * 2
        await shop.advance(seconds=2)
        assert mei.replies == ["half done"]
        row = await Message.get(direction="in")
        assert (row.state, row.attempts) == ("handled", 3)
        assert (await shop.conversation("Mei")).memory == {"kitchen": {"runs": 1}}


async def test_what_keeps_failing_is_parked_and_the_customer_is_told() -> None:
    async with play(Kitchen(failures=9).plugin(), settings=ENGLISH) as shop:
        mei = shop.customer("Mei")
        await mei.says("rice")
        await shop.advance(seconds=10)
        assert len(mei.replies) == 1
        mei.hears("something went wrong on our side")
        row = await Message.get(direction="in")
        assert (row.state, row.error) == ("failed", "RuntimeError: burnt")
        assert await shop.events("message.parked") == [{"error": "RuntimeError: burnt"}]


async def test_a_group_is_not_told() -> None:
    async with play(Kitchen(failures=9).plugin(), settings={"work": {"attempts": 1}}) as shop:
        await shop.member("Mei", "group").says("rice")
        assert await shop.balance() == {"failed": 1}
        assert await outbox() == []


async def test_the_conversation_waits_and_others_go_on() -> None:
    kitchen = Kitchen(failures=1)
    async with play(kitchen.plugin()) as shop:
        mei, bo = shop.customer("Mei"), shop.customer("Bo")
        await mei.says("rice")
        await mei.says("soup")
        await bo.says("tea")
        assert kitchen.runs == ["rice", "tea"]
        await shop.advance(seconds=1)
        assert kitchen.runs == ["rice", "tea", "rice", "soup"]


async def replay(shop: Shop, number: int) -> None:
    """What ``xiaoer ledger replay`` does, possibly in another process."""

    async def work() -> None:
        await Message.filter(id=number, state="failed").update(state="accepted", attempts=0)

    effects = Effects(shop.clock, shop.app.texts, "zh_CN")
    effects.write(work)
    effects.emit("ledger.replayed", inbound=[number], outbound=[])
    await shop.app.commit.write(effects, by_hand())
    await shop.settle()


async def test_a_parked_message_may_be_replayed() -> None:
    kitchen = Kitchen(failures=1)
    async with play(kitchen.plugin(), settings={"work": {"attempts": 1}}) as shop:
        mei = shop.customer("Mei")
        await mei.says("rice")
        assert await shop.balance() == {"failed": 1}
        await mei.says("tea")
        await replay(shop, 1)
        assert await shop.balance() == {"handled": 2}
        assert kitchen.runs == ["rice", "tea", "rice"]


async def test_stopping_does_not_wait_for_the_next_attempt(tmp_path: Path) -> None:
    kitchen = Kitchen(failures=1)
    async with asyncio.timeout(5):
        async with play(kitchen.plugin(), folder=tmp_path) as shop:
            await shop.customer("Mei").says("rice")
        async with play(kitchen.plugin(), folder=tmp_path) as shop:
            await shop.settle()
            assert await shop.balance() == {"handled": 1}


async def test_a_message_that_was_taken_up_in_many_lives_is_parked_unread(tmp_path: Path) -> None:
    lives = Plugin("lives")
    counted: list[int] = []

    @lives.on(always=True)
    async def count(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        counted.append(turn.message.attempts)

    for taken_before in (0, 4, 5):
        async with play(lives, folder=tmp_path) as shop:
            shop.app.intake.handed_on = lambda _rows: None  # killed before it got to it
            await shop.customer("Mei").drops(Text("boom"))
            await Message.filter(state="accepted").update(attempts=taken_before)
        async with play(lives, folder=tmp_path) as shop:
            await shop.settle()
    assert counted == [1, 5]
    async with play(folder=tmp_path) as shop:
        assert await shop.balance() == {"handled": 2, "failed": 1}


async def test_an_owner_and_memory_are_written_with_the_turn() -> None:
    plugin = Plugin("own")

    @plugin.on(always=True)
    async def take(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.memory["n"] = 1
        turn.hand_over("agent:li")

    async with play(plugin) as shop:
        mei = shop.customer("Mei")
        await mei.says("a")
        await mei.says("b")
        row = await Conversation.get(external_id="Mei")
        assert (row.owner, row.memory) == ("agent:li", {"own": {"n": 1}})
        assert await shop.events("conversation.owner") == [{"owner": "agent:li", "before": "bot"}]
