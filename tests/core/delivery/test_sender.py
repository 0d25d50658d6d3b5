"""The sender: in order, by the platform's rules, never doubled."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.adapter import Outcome, PassiveReply, Receipt
from core.effects import Address, Effects, Post
from core.parts import Text
from core.store.commit import by_hand
from core.store.models import Message
from core.store.states import Outbox
from core.testing import Shop
from tests.core.stage import FINAL, UNKNOWN, echo, outbox, play, retry, states


def able(shop: Shop, **values: Any) -> None:
    """Change what the mock channel can do."""
    import dataclasses

    adapter = shop.channel()
    adapter.capabilities = dataclasses.replace(adapter.capabilities, **values)


async def queue(shop: Shop, to: str, *words: str, **values: Any) -> None:
    """Queue texts to a conversation, all in one commit."""
    effects = Effects(shop.clock, shop.app.texts, "en")
    for text in words:
        effects.post(Post((Text(text),), Address("shop", to), **values))
    await shop.app.commit.write(effects, by_hand())


async def under_way() -> None:
    """Until a row is being sent."""
    while "sending" not in await states():  # noqa: ASYNC110 - looks at other people's state
        await asyncio.sleep(0)


async def test_order_within_a_conversation_also_when_one_must_wait() -> None:
    async with play() as shop:
        shop.channel().outcomes.extend([retry(), retry()])
        await queue(shop, "Mei", "a", "b", "c")
        await shop.settle()
        assert shop.posts("Mei") == []
        await shop.advance(seconds=30)
        assert shop.posts("Mei") == ["a", "b", "c"]


async def test_other_conversations_do_not_wait() -> None:
    async with play() as shop:
        shop.channel().outcomes.append(retry())
        await queue(shop, "Mei", "a")
        await shop.settle()
        await queue(shop, "Bo", "b")
        await shop.settle()
        assert (shop.posts("Mei"), shop.posts("Bo")) == ([], ["b"])


async def test_many_rows_behind_a_waiting_one_keep_nobody_waiting() -> None:
    async with play() as shop:
        shop.channel().outcomes.append(retry(after=3600))
        await queue(shop, "Mei", *(f"m{n}" for n in range(250)))
        await shop.settle()
        await queue(shop, "Bo", "b")
        await shop.settle()
        assert shop.posts("Bo") == ["b"]


async def test_backoff_doubles_and_ends() -> None:
    async with play(settings={"work": {"send_attempts": 4, "send_minutes": 0}}) as shop:
        shop.channel().outcomes.extend([retry("busy")] * 9)
        await queue(shop, "Mei", "a")
        await shop.settle()
        waits: list[float] = []
        while (row := (await outbox())[0]).state == Outbox.QUEUED:
            assert row.not_before is not None
            waits.append((row.not_before - shop.clock.now()).total_seconds())
            await shop.advance(seconds=waits[-1])
        assert (row.state, row.error, row.attempts) == ("failed", "gave-up: busy", 4)
        assert len(waits) == 3
        assert all(0.8 * 2**n <= wait <= 1.2 * 2**n for n, wait in enumerate(waits, 1))
        assert await shop.events("message.undeliverable") == [{"reason": "gave-up: busy"}]


async def test_the_only_customer_of_the_night_is_answered_after_ten_minutes_of_outage() -> None:
    async with play() as shop:
        shop.channel().outcomes.extend([retry("503")] * 40)
        await queue(shop, "Mei", "a")
        await shop.advance(minutes=10)
        assert await states() == ["queued"]
        shop.channel().outcomes.clear()
        await shop.advance(seconds=80)
        assert shop.posts("Mei") == ["a"]


async def test_what_fails_for_too_long_is_given_up() -> None:
    async with play() as shop:
        shop.channel().outcomes.extend([retry("503")] * 40)
        await queue(shop, "Mei", "a")
        await shop.advance(minutes=17)
        assert await states() == ["failed"]


async def test_the_platforms_own_wish_is_kept() -> None:
    async with play() as shop:
        shop.channel().outcomes.append(retry(after=90))
        await queue(shop, "Mei", "a")
        await shop.advance(seconds=89)
        assert shop.posts("Mei") == []
        await shop.advance(seconds=1)
        assert shop.posts("Mei") == ["a"]


async def test_a_final_refusal_ends_it_and_the_next_goes_on() -> None:
    async with play() as shop:
        shop.channel().outcomes.append(FINAL)
        await queue(shop, "Mei", "a", "b")
        await shop.settle()
        assert await states() == ["failed", "sent"]
        assert shop.posts("Mei") == ["b"]
        assert await shop.events("message.undeliverable") == [{"reason": "blocked"}]


async def test_an_unknown_outcome_is_not_repeated() -> None:
    async with play() as shop:
        shop.channel().outcomes.append(UNKNOWN)
        await queue(shop, "Mei", "a")
        await shop.advance(hours=1)
        assert await states() == ["unknown"]
        assert shop.posts("Mei") == ["a"]
        assert await shop.events("message.unknown") == [{"reason": "timeout"}]


@pytest.mark.parametrize(("caller_id", "repeatable"), [(True, False), (False, True)])
async def test_an_unknown_outcome_is_repeated_where_that_is_safe(
    *, caller_id: bool, repeatable: bool
) -> None:
    async with play() as shop:
        able(shop, caller_id=caller_id)
        shop.channel().outcomes.append(UNKNOWN)
        await queue(shop, "Mei", "a", repeatable=repeatable)
        await shop.advance(minutes=1)
        assert await states() == ["sent"]
        first, second = shop.channel().sent
        assert (first.key, first.attempt) == (second.key, second.attempt - 1)


async def test_an_adapter_that_raises_leaves_it_unknown() -> None:
    async with play() as shop:

        async def send(_message: object) -> Receipt:
            raise RuntimeError("a fault of the adapter")

        shop.channel().send = send  # type: ignore[method-assign]
        await queue(shop, "Mei", "a")
        await shop.settle()
        assert [(row.state, row.error) for row in await outbox()] == [
            ("unknown", "raised:RuntimeError")
        ]


async def test_a_platform_that_hangs_leaves_it_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.delivery.sender.SEND_SECONDS", 0.01)
    async with play() as shop:
        shop.channel().gate = asyncio.Event()
        await queue(shop, "Mei", "a")
        await shop.settle()
        assert [(row.state, row.error) for row in await outbox()] == [("unknown", "timeout")]


async def test_too_late_is_not_sent() -> None:
    async with play() as shop:
        shop.channel().outcomes.append(retry(after=600))
        await queue(shop, "Mei", "a", expires_in=timedelta(minutes=5))
        await shop.advance(minutes=11)
        assert await states() == ["expired"]
        assert shop.posts("Mei") == []
        assert await shop.events("message.expired") == [{"reason": "too-late"}]


async def test_not_before_its_time() -> None:
    async with play() as shop:
        await queue(shop, "Mei", "a", not_before=shop.clock.now() + timedelta(hours=1))
        await shop.advance(minutes=59)
        assert shop.posts("Mei") == []
        await shop.advance(minutes=1)
        assert shop.posts("Mei") == ["a"]


async def test_twenty_a_minute() -> None:
    async with play() as shop:
        able(shop, rate=(20, 60.0))
        for number in range(45):
            await queue(shop, f"c{number}", "hi")
        counts = [len(shop.channel().sent)]
        await shop.settle()
        for seconds in (0, 59, 1, 59, 1):
            await shop.advance(seconds=seconds)
            counts.append(len(shop.channel().sent))
        assert counts[1:] == [20, 20, 40, 40, 45]


async def test_stopping_does_not_wait_for_the_pace(tmp_path: Path) -> None:
    async with asyncio.timeout(5), play(folder=tmp_path) as shop:
        able(shop, rate=(1, 3600.0))
        await queue(shop, "Mei", "a")
        await queue(shop, "Bo", "b")
        await shop.settle()
    async with play(folder=tmp_path) as shop:
        await shop.settle()
        assert sorted(await states()) == ["sent", "sent"]
        assert len(shop.channel().sent) == 1


async def test_a_board_takes_answers_as_events() -> None:
    async with play(echo()) as shop:
        able(shop, push=False)
        await shop.viewer("Mei", "room").says("hi", product="3")
        assert await states() == ["sent"]
        (answer,) = await shop.events("board.answer")
        assert (answer["question"], answer["author"], answer["answer"]) == ("hi", "Mei", "hi")
        assert answer["context"]["product"] == "3"
        assert shop.channel().sent == []


async def test_a_channel_that_only_answers_keeps_what_comes_later() -> None:
    async with play() as shop:
        able(shop, push=False, passive=PassiveReply(4.5))
        await queue(shop, "Mei", "a")
        await shop.settle()
        assert await states() == ["queued"]
        assert await shop.events("message.held") == [{"reason": "passive-only"}]


async def test_a_channel_that_is_gone() -> None:
    async with play() as shop:
        effects = Effects(shop.clock, shop.app.texts, "en")
        effects.post(Post((Text("a"),), Address("gone", "Mei")))
        await shop.app.commit.write(effects, by_hand())
        await shop.settle()
        assert [(row.state, row.error) for row in await outbox()] == [("failed", "no-such-channel")]


@pytest.mark.parametrize(
    ("caller_id", "repeatable", "state", "sent"),
    [
        (False, False, "unknown", 0),
        (True, False, "sent", 1),
        (False, True, "sent", 1),
    ],
)
async def test_a_row_that_a_former_life_was_sending(
    tmp_path: Path, *, caller_id: bool, repeatable: bool, state: str, sent: int
) -> None:
    channels = {"shop": {"adapter": "core.testing.mock:MockAdapter", "caller_id": caller_id}}
    async with play(folder=tmp_path, channels=channels) as shop:
        await queue(shop, "Mei", "a", repeatable=repeatable)
        await shop.settle()
        columns = {"state": "sending", "done_at": None, "attempts": 1}
        await Message.all().update(**columns)
    async with play(folder=tmp_path, channels=channels) as shop:
        await shop.advance(minutes=1)
        assert await states() == [state]
        assert len(shop.channel().sent) == sent


async def test_stopping_waits_for_the_call_under_way(tmp_path: Path) -> None:
    async with play(folder=tmp_path) as shop:
        gate = shop.channel().gate = asyncio.Event()
        await queue(shop, "Mei", "a")
        await under_way()
        asyncio.get_running_loop().call_later(0.05, gate.set)
    async with play(folder=tmp_path) as shop:
        assert await states() == ["sent"]


async def test_stopping_breaks_off_a_call_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.delivery.sender.STOP_SECONDS", 0.02)
    async with play(folder=tmp_path) as shop:
        shop.channel().gate = asyncio.Event()
        await queue(shop, "Mei", "a")
        await under_way()
    async with play(folder=tmp_path) as shop:
        await shop.settle()
        assert await states() == ["unknown"]


async def test_a_receipt_may_say_that_it_was_delivered() -> None:
    async with play() as shop:
        shop.channel().outcomes.append(Receipt(Outcome.DELIVERED, platform_id="p1"))
        await queue(shop, "Mei", "a")
        await shop.settle()
        (row,) = await outbox()
        assert (row.state, row.platform_id, row.sent_at) == ("delivered", "p1", shop.clock.now())
