"""Reply windows: five in 48 hours, and what is held comes out when the customer speaks again."""

from __future__ import annotations

from datetime import timedelta

from core.adapter import Receipt, Window
from core.plugin import Plugin
from core.store.models import Grant
from core.testing import Shop
from core.turn import Turn
from tests.core.delivery.test_sender import able, queue
from tests.core.stage import FINAL, UNKNOWN, outbox, play, retry, states

FIVE = {"message": Window(5, timedelta(hours=48)), "click": Window(3, timedelta(minutes=1))}
OPEN = {"message": Window(None, timedelta(hours=48))}


async def reasons(shop: Shop) -> list[str]:
    return [event["reason"] for event in await shop.events("message.held")]


async def test_nothing_leaves_before_the_customer_has_spoken() -> None:
    async with play() as shop:
        able(shop, windows=FIVE)
        await queue(shop, "Mei", "a")
        await shop.settle()
        assert (await states(), await reasons(shop)) == (["queued"], ["window-closed"])
        await shop.customer("Mei").says("hi")
        assert shop.posts("Mei") == ["a"]


async def test_five_and_then_it_is_held_until_the_next_word() -> None:
    async with play() as shop:
        able(shop, windows=FIVE)
        mei = shop.customer("Mei")
        await mei.says("hi")
        await queue(shop, "Mei", *"abcdefg")
        await shop.settle()
        assert shop.posts("Mei") == [*"abcde"]
        assert await reasons(shop) == ["quota-used"]
        await mei.says("and?")
        assert shop.posts("Mei") == [*"abcdefg"]
        assert (await Grant.get()).used == 2


async def test_the_window_closes_after_its_time() -> None:
    async with play() as shop:
        able(shop, windows=OPEN)
        await shop.customer("Mei").says("hi")
        await shop.advance(hours=47.9)
        await queue(shop, "Mei", "a")
        await shop.advance(hours=0.2)
        await queue(shop, "Mei", "b")
        await shop.settle()
        assert shop.posts("Mei") == ["a"]
        assert await reasons(shop) == ["window-closed"]


async def test_held_and_then_too_late() -> None:
    async with play() as shop:
        able(shop, windows=OPEN)
        await queue(shop, "Mei", "a", expires_in=timedelta(hours=1))
        await shop.advance(hours=2)
        assert await states() == ["expired"]


async def test_only_what_was_sent_is_counted() -> None:
    async with play() as shop:
        able(shop, windows=FIVE)
        await shop.customer("Mei").says("hi")
        shop.channel().outcomes.extend([retry(), retry(), Receipt.accepted(), FINAL, UNKNOWN])
        await queue(shop, "Mei", "a", "b", "c")
        await shop.advance(minutes=1)
        assert await states() == ["sent", "failed", "unknown"]
        assert (await Grant.get()).used == 2


async def test_the_platforms_word_is_believed_over_our_count() -> None:
    async with play() as shop:
        able(shop, windows=FIVE)
        mei = shop.customer("Mei")
        await mei.says("hi")
        shop.channel().outcomes.append(retry("45015"))
        shop.channel().outcomes[0] = Receipt(
            shop.channel().outcomes[0].outcome, "45015", closes_window=True
        )
        await queue(shop, "Mei", "a")
        await shop.advance(minutes=5)
        assert (await outbox())[0].error == "held: window-closed"
        await mei.says("still there?")
        assert shop.posts("Mei") == ["a"]


async def test_windows_do_not_add_up() -> None:
    plugin = Plugin("answers")

    @plugin.on(event="click")
    async def answer(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.say("clicked")

    async with play(plugin) as shop:
        able(shop, windows=FIVE)
        mei = shop.customer("Mei")
        await mei.says("hi")
        grants = await Grant.all()
        assert [(g.trigger, g.allowed, g.used) for g in grants] == [("message", 5, 0)]
