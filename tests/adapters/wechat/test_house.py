"""The official account in a whole shop, with the platform played over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from core.store.models import Message
from core.testing import START, Shop, open_shop
from tests.adapters.wechat.kitchen import stove
from tests.adapters.wechat.vectors import MESSAGES, Row, files
from tests.standins.wechat import Delivery, WeChat

MODES = pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
MESSAGE_ID = "26100000000009999"


@asynccontextmanager
async def street(mode: str = "safe", **settings: Any) -> AsyncGenerator[tuple[Shop, WeChat], None]:
    """A shop with a channel ``oa`` and the platform in front of it, both on one test clock."""
    stove.reset()
    wechat = WeChat(mode=mode)
    await wechat.start()
    channel = {"adapter": "wechat", **wechat.settings(), **settings}
    plugins = ["tests.adapters.wechat.kitchen:plugin"]
    try:
        async with open_shop(plugins=plugins, channels={"oa": channel}) as shop:
            wechat.clock = shop.clock
            wechat.hook = f"{shop.app.server.url}/hooks/oa"
            yield shop, wechat
            stove.ready.set()
    finally:
        await wechat.stop()


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - looks at other people's state
        await asyncio.sleep(0.001)


async def reach(shop: Shop, seconds: float) -> None:
    """Let time pass up to a moment at which somebody is going to wake."""
    goal = START + timedelta(seconds=seconds)
    await until(lambda: shop.clock.next_wake() == goal)
    shop.clock.move_to(goal)


def requests(shop: Shop) -> int:
    slot = shop.app.desk.slot("oa", f"msgid:{MESSAGE_ID}")
    return slot.requests if slot else 0


def ask_slowly(wechat: WeChat) -> asyncio.Task[Delivery]:
    return asyncio.create_task(wechat.push_text("oUser", "慢一点", MsgId=MESSAGE_ID))


@MODES
async def test_a_ready_answer_is_passive(mode: str) -> None:
    async with street(mode) as (_, wechat):
        delivery = await wechat.push_text("oUser", "在吗")
        welcome = await wechat.push_event("oUser", "subscribe", "qrscene_7")
    assert (delivery.text, len(delivery.answers)) == ("在的，亲", 1)
    assert welcome.text == "欢迎关注"
    assert wechat.sent == []


async def test_an_event_that_wants_no_answer_is_acknowledged_and_kept() -> None:
    async with street() as (shop, wechat):
        delivery = await wechat.push_event("oUser", "VIEW", "https://shop.example.com/")
        await shop.settle()
        assert await shop.balance() == {"handled": 1}
    assert delivery.answers[0].body == "success"
    assert stove.orders == ["view"]


async def test_a_slow_answer_goes_by_api() -> None:
    async with street() as (shop, wechat):
        push = ask_slowly(wechat)
        await stove.taken.wait()
        await reach(shop, 4.5)
        assert [answer.body for answer in (await push).answers] == ["success"]
        stove.ready.set()
        (sent,) = await wechat.until_sent(1)
        assert (sent.openid, sent.text) == ("oUser", "久等了，亲")
        await shop.settle()
        row = await Message.get(direction="out")
        assert row.state == "sent"


async def test_a_duplicate_gets_the_same_answer_and_runs_nothing() -> None:
    async with street() as (_, wechat):
        document = wechat.message("oUser", "text", Content="在吗")
        wechat.quotas.open("oUser", "message")
        same = wechat.sign(document)
        replies = [wechat.read_reply((await wechat.post(*same)).body) for _ in range(2)]
        again = wechat.read_reply((await wechat.post(*wechat.sign(document))).body)
    assert [reply["Content"] for reply in (*replies, again)] == ["在的，亲"] * 3
    assert stove.orders == ["在吗"]
    assert wechat.sent == []


async def test_duplicates_at_the_same_moment_share_one_run() -> None:
    async with street() as (shop, wechat):
        pushes = [ask_slowly(wechat) for _ in range(3)]
        await until(lambda: requests(shop) == 3)
        stove.ready.set()
        texts = [delivery.text for delivery in await asyncio.gather(*pushes)]
    assert texts == ["久等了，亲"] * 3
    assert len(stove.orders) == 1


async def test_an_expired_token_costs_one_renewal() -> None:
    async with street() as (shop, wechat):
        for turn in (1, 2):
            stove.ready.clear()
            stove.taken.clear()
            push = asyncio.create_task(wechat.push_text(f"o{turn}", "慢"))
            await stove.taken.wait()
            await reach(shop, 4.5 * turn)
            await push
            stove.ready.set()
            await wechat.until_sent(turn)
            wechat.tokens.expire()
        await shop.settle()
    assert [sent.text for sent in wechat.sent] == ["久等了，亲"] * 2
    assert (wechat.calls["token"], wechat.calls["send"]) == (2, 3)


async def test_a_passive_account_answers_on_the_platforms_retry() -> None:
    async with street(can_push=False) as (shop, wechat):
        push = ask_slowly(wechat)
        await stove.taken.wait()
        await reach(shop, 4.5)
        await reach(shop, 5)
        await until(lambda: requests(shop) == 2)
        stove.ready.set()
        delivery = await push
    assert [answer.status for answer in delivery.answers] == [0, 200]
    assert delivery.text == "久等了，亲"
    assert len(stove.orders) == 1
    assert wechat.sent == []


async def test_a_passive_account_keeps_a_late_answer_for_the_next_message() -> None:
    async with street(can_push=False) as (shop, wechat):
        request = wechat.sign(wechat.message("oUser", "text", Content="慢一点"))
        for wakes in ((4.5, 6), (10.5, 12), (16.5,)):  # the last attempt is the last chance
            attempt = asyncio.create_task(wechat.post(*request))
            for seconds in wakes:
                await reach(shop, seconds)
            assert (await attempt).body == "success"
        stove.ready.set()
        await shop.settle()
        following = await wechat.push_text("oUser", "在吗")
        assert following.text == "久等了，亲\n\n在的，亲"
        await shop.settle()
        states = await Message.filter(direction="out").values_list("state", flat=True)
        assert set(states) == {"sent"}


@MODES
async def test_message_vectors_through_a_running_shop(mode: str) -> None:
    async with street(mode, original_id="") as (shop, wechat):
        for row in files():
            query, body = wechat.sign((MESSAGES / row["file"]).read_text())
            answer = await wechat.post(query, body)
            await shop.settle()
            assert_answer(row, answer.status, answer.body)
        rows = await Message.filter(direction="in")
    dispatched = [row for row in files() if row["dispatch"] and row["sender"]]
    assert len(rows) == len(dispatched)
    assert {row.state for row in rows} == {"handled"}


def assert_answer(row: Row, status: int, body: str) -> None:
    if row["parse"] == "reject":
        assert 400 <= status < 500
        assert body == ""
    else:
        assert status == 200
