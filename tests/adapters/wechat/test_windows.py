"""What an account may still say, and how: in the reply, by the API, or not before the next act."""

from __future__ import annotations

from datetime import timedelta

from core.effects import Address, Effects, Post
from core.parts import Text
from core.store.commit import by_hand
from core.store.models import Message
from core.testing import START, Shop
from tests.adapters.wechat.kitchen import stove
from tests.adapters.wechat.test_house import MESSAGE_ID, ask_slowly, reach, street
from tests.standins.wechat import WeChat


async def say(shop: Shop, words: str) -> None:
    effects = Effects(shop.clock, shop.app.texts, "zh_CN")
    effects.post(Post((Text(words),), to=Address("oa", "oUser")))
    await shop.app.commit.write(effects, by_hand())
    await shop.settle()


async def held(shop: Shop) -> list[tuple[str, str]]:
    rows = await Message.filter(direction="out", state="queued").order_by("id")
    return [(row.text, row.error) for row in rows]


def texts(wechat: WeChat) -> list[str]:
    return [sent.text for sent in wechat.sent]


async def test_an_answer_after_3_seconds_is_passive() -> None:
    async with street() as (shop, wechat):
        push = ask_slowly(wechat)
        await stove.taken.wait()
        shop.clock.move_to(START + timedelta(seconds=3))
        stove.ready.set()
        delivery = await push
    assert (delivery.text, len(delivery.answers)) == ("久等了，亲", 1)
    assert wechat.sent == []


async def test_an_answer_after_6_seconds_goes_by_api_and_retries_are_swallowed() -> None:
    async with street() as (shop, wechat):
        push = ask_slowly(wechat)
        await stove.taken.wait()
        await reach(shop, 4.5)
        assert (await push).answers[-1].body == "success"
        again = wechat.message("oUser", "text", Content="慢一点", MsgId=MESSAGE_ID)
        assert (await wechat.post(*wechat.sign(again))).body == "success"  # it still cooks
        shop.clock.move_to(START + timedelta(seconds=6))
        stove.ready.set()
        await wechat.until_sent(1)
        await shop.settle()
        assert (await wechat.post(*wechat.sign(again))).body == "success"
        await shop.settle()
    assert (stove.orders, texts(wechat)) == (["慢一点"], ["久等了，亲"])


async def test_the_6th_message_of_a_window_is_held_and_leaves_with_the_next_act() -> None:
    async with street() as (shop, wechat):
        await wechat.push_event("oUser", "VIEW", "https://shop.cn/")  # opens nothing
        await wechat.push_text("oUser", "在吗")
        for number in range(1, 7):
            await say(shop, f"第{number}条")
        assert texts(wechat) == [f"第{number}条" for number in range(1, 6)]
        assert await held(shop) == [("第6条", "held: quota-used")]
        assert [e["reason"] for e in await shop.events("message.held")] == ["quota-used"]
        assert wechat.calls["send"] == 5  # the platform was not even asked
        await wechat.push_event("oUser", "CLICK", "orders")
        await shop.settle()
        assert texts(wechat)[-1] == "第6条"


async def test_a_follow_allows_three_within_a_minute() -> None:
    async with street() as (shop, wechat):
        assert (await wechat.push_event("oUser", "subscribe")).text == "欢迎关注"
        for number in range(1, 5):
            await say(shop, f"第{number}条")
        assert texts(wechat) == ["第1条", "第2条", "第3条"]
        assert await held(shop) == [("第4条", "held: quota-used")]
    async with street() as (shop, wechat):
        await wechat.push_event("oUser", "subscribe")
        await shop.advance(seconds=61)
        await say(shop, "第1条")
        assert await held(shop) == [("第1条", "held: window-closed")]


async def test_windows_do_not_add_up() -> None:
    async with street() as (shop, wechat):
        await wechat.push_text("oUser", "在吗")
        await wechat.push_event("oUser", "CLICK", "orders")
        for number in range(1, 7):
            await say(shop, f"第{number}条")
        assert len(texts(wechat)) == 5
        assert await held(shop) == [("第6条", "held: quota-used")]
        assert wechat.quotas.refused == []


async def test_two_days_after_the_customers_last_words_nothing_is_sent() -> None:
    async with street() as (shop, wechat):
        await wechat.push_text("oUser", "在吗")
        await shop.advance(hours=47, minutes=59)
        await say(shop, "还来得及")
        await shop.advance(minutes=2)
        await say(shop, "来不及了")
        assert texts(wechat) == ["还来得及"]
        assert await held(shop) == [("来不及了", "held: window-closed")]


async def test_the_platforms_own_count_corrects_ours() -> None:
    async with street() as (shop, wechat):
        await wechat.push_text("oUser", "在吗")
        wechat.fail("send", 45047)
        await say(shop, "第1条")
        assert await held(shop) == [("第1条", "held: 45047:6f3a-45047")]
        await say(shop, "第2条")
        assert wechat.calls["send"] == 1  # it is not asked again before the customer acts
        await wechat.push_text("oUser", "在吗")
        await shop.settle()
        assert texts(wechat)[:2] == ["第1条", "第2条"]


async def test_who_unfollows_is_written_to_no_more() -> None:
    async with street() as (shop, wechat):
        await wechat.push_text("oUser", "在吗")
        left = await wechat.push_event("oUser", "unsubscribe")
        assert left.answers[0].body == "success"
        await say(shop, "您还在吗")
        assert await held(shop) == [("您还在吗", "held: window-closed")]
        assert wechat.calls["send"] == 0
        await wechat.push_event("oUser", "subscribe")
        await shop.settle()
        assert texts(wechat) == ["您还在吗", "欢迎关注"]
