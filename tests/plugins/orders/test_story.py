"""Orders as customers meet them: nothing before a proof, then everything they need."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from core.testing import Shop, open_shop
from plugins.orders.face import Order, store
from tests.standins.courier import CUSTOMER, KEY, CourierStandIn, courier_stand_in, way
from tests.standins.order_source import TOKEN, OrderSystem, order_system

NUMBER, OTHER = "6799774500556622756", "6799774500556622757"
ORDER: dict[str, Any] = {
    "number": NUMBER,
    "phone": "13800001234",
    "status": "shipped",
    "customer_id": "42",
    "items": [{"title": "短款羽绒服 雾霾蓝 M", "count": 1}],
    "parcels": [{"waybill": "YT8800000000001", "courier": "yuantong"}],
}
PAID: dict[str, Any] = {
    **ORDER,
    "number": OTHER,
    "status": "paid",
    "parcels": [],
    "customer_id": "43",
}
WAY = way(
    "0",
    ("2026-11-22 18:30:00", "已到达上海转运中心，电话13912345678"),
    ("2026-11-21 09:00:00", "杭州已揽收"),
)


@pytest.fixture
async def courier() -> AsyncIterator[CourierStandIn]:
    async with courier_stand_in() as courier:
        courier.ways["YT8800000000001"] = WAY
        yield courier


def settings(courier: CourierStandIn, **more: Any) -> dict[str, Any]:
    asked = {"provider": "kuaidi100", "api_base": courier.url, "customer": CUSTOMER, "key": KEY}
    return {"plugins": {"orders": {"courier": {**asked, "timeout_seconds": 0.3}, **more}}}


@pytest.fixture
async def shop(courier: CourierStandIn) -> AsyncIterator[Shop]:
    async with open_shop(plugins=["handoff", "orders"], settings=settings(courier)) as shop:
        async with in_transaction("default"):
            await store([Order.model_validate(ORDER), Order.model_validate(PAID)], shop.clock)
        yield shop


async def test_the_form_asks_for_number_and_tail_then_shows_the_way(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says("我的快递到哪了")
    mei.hears("订单号")
    await mei.says(NUMBER)
    mei.hears("后四位")
    await mei.says("1234")
    mei.hears("已发货", "圆通速递 YT8800000000001：正在路上", "上海转运中心", r"138\*\*\*\*1234")
    assert "13912345678" not in mei.replies[0]
    assert "11月22日 18:30" in mei.replies[0]


async def test_a_number_of_the_shops_own_shape_is_taken_as_the_answer(shop: Shop) -> None:
    async with in_transaction("default"):
        await store([Order.model_validate({**PAID, "number": "SO-8817"})], shop.clock)
    mei = shop.customer("mei")
    await mei.says("so-8817")  # out of the blue it may be anything
    mei.hears_nothing()
    await mei.says("我的快递到哪了")
    await mei.says("13800001234")  # a phone is none
    mei.hears("订单号")
    await mei.says("so-8817")
    mei.hears("SO-8817")
    assert (await shop.conversation("mei")).form is None


async def test_everything_in_one_message_needs_no_question(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says(f"帮我查下订单{NUMBER}，手机尾号1234")
    mei.hears("正在路上")


async def test_a_proof_holds_for_a_day_in_its_conversation(shop: Shop) -> None:
    mei, bo = shop.customer("mei"), shop.customer("bo")
    await mei.says(f"{NUMBER} 1234")
    await mei.says("发货了吗")
    mei.hears("正在路上")
    await mei.says(f"那{OTHER}呢，发货了吗")
    mei.hears("待发货")
    await bo.says("发货了吗")
    bo.hears("订单号")
    await shop.advance(hours=25)
    await mei.says("我的快递到哪了")
    mei.hears("订单号")


async def test_a_wrong_tail_and_an_unknown_number_sound_the_same(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says(f"{NUMBER} 9999")
    wrong = mei.replies
    await mei.says("6799774500556629999 9999")
    assert mei.replies == wrong


async def test_guessing_ends_after_five_tries_an_hour(shop: Shop) -> None:
    mei = shop.customer("mei")
    for tail in range(5):
        await mei.says(f"{NUMBER} {tail:04}")
    mei.hears("暂时不能继续核对", "人工")
    await mei.says(f"{NUMBER} 1234")
    mei.hears("暂时不能继续核对")
    await shop.advance(minutes=61)
    await mei.says(f"{NUMBER} 1234")
    mei.hears("正在路上")


async def test_a_vouched_customer_sees_only_their_own(shop: Shop) -> None:
    mei = shop.customer("mei", proven={"customer_id": "42"})
    await mei.says("我的快递到哪了")
    mei.hears(NUMBER, "正在路上")
    await mei.says(OTHER)
    mei.hears("后四位")


async def test_in_public_nothing_is_shown(shop: Shop) -> None:
    for somebody in (shop.viewer("lan", "room"), shop.member("bo", "group")):
        await somebody.says(f"我的快递到哪了 {NUMBER} 1234")
        somebody.hears("私聊")
        assert NUMBER not in somebody.replies[0]


async def test_not_sent_yet_is_said(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says(f"{OTHER} 1234")
    mei.hears("待发货", "还没有寄出")


async def test_a_silent_courier_hides_nothing_else(shop: Shop, courier: CourierStandIn) -> None:
    courier.mood = "hang"
    mei = shop.customer("mei")
    await mei.says(f"{NUMBER} 1234")
    mei.hears("已发货", "YT8800000000001", "物流进度暂时没查到")


async def test_the_courier_is_asked_once_in_half_an_hour(
    shop: Shop, courier: CourierStandIn
) -> None:
    mei = shop.customer("mei")
    for _ in range(3):
        await mei.says(f"{NUMBER} 1234")
    assert len(courier.asked) == 1


async def test_the_form_can_be_called_off_and_repaired(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says("查订单")
    await mei.says("嗯我找找")
    mei.hears("订单号")
    mei.hears("不太像订单号")
    await mei.says("算了")
    assert (await shop.conversation("mei")).form is None


@pytest.fixture
async def system() -> AsyncIterator[OrderSystem]:
    async with order_system() as system:
        system.orders = [ORDER]
        yield system


@pytest.mark.parametrize("mood", ["hang", "down", "broken"])
async def test_a_broken_order_system_is_said_and_not_counted(
    courier: CourierStandIn, system: OrderSystem, mood: str
) -> None:
    http = {"url": system.url, "token": TOKEN, "timeout_seconds": 0.3}
    table = settings(courier, source="http", http=http)
    async with open_shop(plugins=["orders"], settings=table) as shop:
        mei = shop.customer("mei")
        system.mood = mood
        await mei.says(f"{NUMBER} 1234")
        mei.hears("订单系统")
        system.mood = ""
        await mei.says(f"{NUMBER} 1234")
        mei.hears("正在路上")


async def test_an_english_reader_reads_english(shop: Shop) -> None:
    mei = shop.customer("mei", locale="en")
    await mei.says(f"{NUMBER} 1234")
    mei.hears("YTO Express YT8800000000001: on its way", "Nov 22 18:30")
