"""A live room that says more than can be handled: what is kept, what is counted, who goes first."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from core.message import ConversationKind, Inbound, Sender
from core.parts import Event, Text
from core.plugin import Plugin
from core.store.models import Message
from core.testing import START, Shop
from core.turn import Turn
from tests.core.stage import echo, play, until

SETTINGS = {"live": {"waiting": 10, "keep": ["暗号"]}}
CHATTER, QUESTION = "哈哈哈", "这件有没有大码"


async def says(shop: Shop, *texts: str, room: str = "room", role: str = "customer") -> None:
    """Comments of one delivery."""
    said = [
        Inbound(
            shop.next_key(),
            room,
            Sender(f"v{number}", role=role),
            (Text(text),),
            START,
            ConversationKind.LIVE,
        )
        for number, text in enumerate(texts)
    ]
    await shop.channel().channel.accept(said)


def held(gate: asyncio.Event) -> Plugin:
    plugin = Plugin("held")

    @plugin.on(always=True)
    async def wait(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        await gate.wait()
        turn.note()

    return plugin


def counted(shop: Shop, state: str) -> float:
    value = shop.app.metrics.registry.get_sample_value
    return value("xiaoer_finished_total", {"channel": "shop", "state": state}) or 0


async def kept(**limits: str) -> list[str]:
    rows = await Message.filter(direction="in", **limits).order_by("id")
    return [row.text for row in rows]


async def test_a_room_over_its_measure_keeps_questions_and_counts_the_rest() -> None:
    gate = asyncio.Event()
    async with play(held(gate), settings=SETTINGS) as shop:
        await says(shop, *[CHATTER] * 20, *[QUESTION] * 3, "暗号", *[CHATTER] * 5)
        assert await kept() == [CHATTER] * 5 + [QUESTION] * 3 + ["暗号"]
        await says(shop, *[QUESTION] * 5)
        assert len(await kept()) == 10
        gate.set()
        await shop.settle()
        assert (counted(shop, "handled"), counted(shop, "sampled")) == (10, 24)
        value = shop.app.metrics.registry.get_sample_value
        assert value("xiaoer_inbound_total", {"channel": "shop"}) == 34
        assert value("xiaoer_waiting") == 0


async def test_staff_and_what_was_paid_for_is_kept_while_there_is_room() -> None:
    gate = asyncio.Event()
    async with play(held(gate), settings=SETTINGS) as shop:
        await says(shop, *[CHATTER] * 9)
        await says(shop, "大家好", role="host")
        paid = Inbound(
            shop.next_key(),
            "room",
            Sender("v"),
            (Text(CHATTER), Event("superchat")),
            START,
            ConversationKind.LIVE,
        )
        await shop.channel().channel.accept([paid])
        assert await kept() == [CHATTER] * 5 + ["大家好", CHATTER]
        gate.set()


async def test_it_takes_all_again_as_soon_as_it_has_caught_up() -> None:
    gate = asyncio.Event()
    async with play(held(gate), settings=SETTINGS) as shop:
        await says(shop, *[CHATTER] * 8)
        gate.set()
        await shop.advance(seconds=2)
        await says(shop, CHATTER)
        await shop.settle()
        assert counted(shop, "handled") == 6


async def test_another_room_and_a_chat_are_not_sampled() -> None:
    gate = asyncio.Event()
    async with play(held(gate), settings=SETTINGS) as shop:
        await says(shop, *[CHATTER] * 20)
        await says(shop, CHATTER, room="next door")
        customer = shop.customer("Mei")
        for _ in range(20):
            await customer.drops(Text(CHATTER))
        assert len(await kept()) == 5 + 1 + 20
        gate.set()


async def test_the_journal_says_how_many_were_not_taken() -> None:
    gate = asyncio.Event()
    async with play(held(gate), settings=SETTINGS) as shop:
        await says(shop, *[CHATTER] * 8)
        assert await shop.events("live.sampled") == []
        shop.clock.move_to(START + timedelta(seconds=10))
        await says(shop, *[CHATTER] * 2)
        assert await shop.events("live.sampled") == [{"room": "room", "count": 5}]
        gate.set()


async def test_without_a_measure_everything_is_taken() -> None:
    async with play(echo(), settings={"live": {"waiting": 0}}) as shop:
        await says(shop, *[CHATTER] * 50)
        assert len(await kept()) == 50


async def test_a_channel_may_have_a_measure_of_its_own() -> None:
    gate = asyncio.Event()
    shop_channel = {"adapter": "core.testing.mock:MockAdapter", "live": {"waiting": 2}}
    async with play(held(gate), settings=SETTINGS, channels={"shop": shop_channel}) as shop:
        await says(shop, *[CHATTER] * 20)
        assert await kept() == [CHATTER]
        gate.set()


async def test_people_are_served_before_rooms() -> None:
    gate, order = asyncio.Event(), list[str]()
    plugin = Plugin("order")

    @plugin.on(always=True)
    async def note(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        await gate.wait()
        order.append(turn.conversation.external_id)

    async with play(plugin, settings={"work": {"lanes": 2}}) as shop:
        for room in ("a", "b", "c"):
            await says(shop, CHATTER, room=room)
        await until(lambda: shop.app.lanes.depth == 2)  # one room at most while places are few
        for name in ("Mei", "Li"):
            await shop.customer(name).drops(Text("hi"))
        gate.set()
        await shop.settle()
    assert order.index("Li") < order.index("b")
