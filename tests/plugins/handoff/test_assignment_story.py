"""Who gets the next customer, and what a customer is told meanwhile."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest

from core.effects import Effects
from core.store.commit import by_hand
from core.store.models import Conversation
from core.testing import START, Shop, open_shop
from plugins.handoff.assign import choose
from plugins.handoff.face import Seat, Taken, give_back, own, set_presence
from plugins.handoff.models import Agent
from plugins.handoff.settings import HandoffSettings


async def be(shop: Shop, login: str, state: str, capacity: int = 2) -> None:
    effects = Effects(shop.clock, shop.app.texts, "zh_CN")
    set_presence(effects, Seat(login, f"小{login}", capacity), state)
    await shop.app.commit.write(effects, by_hand())
    await shop.settle()


async def owners(shop: Shop, *names: str) -> list[str]:
    return [(await shop.conversation(name)).owner for name in names]


async def finish(shop: Shop, name: str) -> None:
    conversation = await Conversation.get(external_id=name).prefetch_related("contact")
    effects = Effects(shop.clock, shop.app.texts, "zh_CN")
    give_back(effects, conversation, "handoff.released")
    await shop.app.commit.write(effects, by_hand())
    await shop.settle()


def shop_with(**settings: Any) -> Any:
    return open_shop(plugins=["handoff"], settings={"plugins": {"handoff": settings}})


async def test_whoever_is_online_and_least_busy_gets_the_next_until_all_are_full() -> None:
    async with shop_with() as shop:
        await be(shop, "li", "online")
        await be(shop, "wang", "online")
        await be(shop, "zhao", "busy")
        people = [shop.customer(name) for name in "ABCDE"]
        for person in people:
            await person.says("人工")
        found = await owners(shop, *"ABCD")
        assert sorted(found) == ["agent:li"] * 2 + ["agent:wang"] * 2
        assert await owners(shop, "E") == ["queue"]
        people[0].hears("我是客服小(li|wang)")
        await finish(shop, "A")  # a place frees: the queue is drained at once
        assert (await owners(shop, "E"))[0].startswith("agent:")
        people[4].hears("我是客服")


async def test_the_one_who_served_before_comes_first() -> None:
    async with shop_with() as shop:
        await be(shop, "li", "online")
        mei = shop.customer("Mei")
        await mei.says("人工")
        await finish(shop, "Mei")
        await be(shop, "ai", "online")
        await mei.says("人工")
        assert await owners(shop, "Mei") == ["agent:li"]
        policies = [event.get("policy") for event in await shop.events("conversation.owner")]
        assert policies[-1] == "last_agent"


async def test_a_complaint_goes_before_those_who_came_earlier() -> None:
    async with open_shop(plugins=["handoff", "complaints"]) as shop:
        calm, angry = shop.customer("Calm"), shop.customer("Angry")
        await calm.says("人工")
        await shop.advance(minutes=2)
        await angry.says("太生气了，质量这么差，我要投诉你们")
        await be(shop, "li", "online", capacity=1)
        assert await owners(shop, "Angry", "Calm") == ["agent:li", "queue"]


async def test_a_place_in_the_queue_and_a_time_only_where_it_is_known() -> None:
    async with shop_with(policy="manual") as shop:
        first, second = shop.customer("First"), shop.customer("Second")
        await first.says("人工")
        first.hears("正在排队")
        await second.says("人工")
        second.hears("前面还有 1 位，轮到")
        for name in "ABCD":
            person = shop.customer(name)
            await person.says("人工")
            await shop.advance(minutes=3)
            await _take(shop, name)
        late = shop.customer("Late")
        await late.says("人工")
        late.hears("前面还有 2 位，按现在的速度大约还要 9 分钟")


async def test_what_somebody_left_goes_back_to_the_queue_after_a_while() -> None:
    async with shop_with(leave_minutes=3, policy="least_busy") as shop:
        await be(shop, "li", "online")
        await shop.customer("Mei").says("人工")
        await be(shop, "li", "offline")
        await shop.advance(minutes=1)
        await be(shop, "li", "online")  # a page reloaded is nobody leaving
        await shop.advance(minutes=5)
        assert await owners(shop, "Mei") == ["agent:li"]
        await be(shop, "li", "offline")
        await shop.advance(minutes=4)
        assert await owners(shop, "Mei") == ["queue"]
        await be(shop, "wang", "online")
        assert await owners(shop, "Mei") == ["agent:wang"]


async def test_two_who_take_at_once_and_one_has_it() -> None:
    async with shop_with(policy="manual") as shop:
        await shop.customer("Mei").says("人工")
        seen = [await shop.conversation("Mei") for _ in range(2)]
        for login, conversation in zip(("li", "wang"), seen, strict=True):
            effects = Effects(shop.clock, shop.app.texts, "zh_CN")
            own(effects, conversation, f"agent:{login}")
            with nullcontext() if login == "li" else pytest.raises(Taken):
                await shop.app.commit.write(effects, by_hand())
        assert await owners(shop, "Mei") == ["agent:li"]


@pytest.mark.parametrize(
    ("policy", "last", "wanted"),
    [
        ("round_robin", "", "b"),
        ("least_busy", "", "a"),
        ("least_busy", "c", "c"),
        ("manual", "c", None),
    ],
)
def test_the_policies(policy: str, last: str, wanted: str | None) -> None:
    agents = [
        Agent(login="a", state="online", capacity=8, last_given=START),
        Agent(login="b", state="online", capacity=8, last_given=START - timedelta(hours=1)),
        Agent(login="c", state="online", capacity=8, last_given=START),
        Agent(login="full", state="online", capacity=1),
        Agent(login="gone", state="away", capacity=8),
    ]
    loads = {"a": 1, "b": 3, "c": 2, "full": 1}
    settings = HandoffSettings.model_validate({"policy": policy})
    chosen = choose(agents, loads, settings, last)
    assert (chosen[0].login if chosen else None) == wanted


async def _take(shop: Shop, name: str) -> None:
    effects = Effects(shop.clock, shop.app.texts, "zh_CN")
    own(effects, await shop.conversation(name), "agent:li")
    await shop.app.commit.write(effects, by_hand())
    await shop.settle()
