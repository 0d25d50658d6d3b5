"""Who asked after an order hears when it is sent and when it arrives, each once, then no more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from core.store.models import Deadline
from core.testing import Customer, Shop, open_shop
from plugins.orders.face import Order, store
from tests.plugins.orders.test_story import NUMBER, ORDER, settings
from tests.standins.courier import CourierStandIn, courier_stand_in, way
from tests.standins.wechat import WeChat

WAITING: dict[str, Any] = {**ORDER, "status": "paid", "parcels": []}
WAYBILL = "YT8800000000001"
ARRIVED = way("3", ("2026-11-24 18:30:00", "已签收，签收人：门卫"))
FORMS = {
    f"order.{what}": {"template_id": what, "fields": {"thing1": "{item}", "phrase2": "{courier}"}}
    for what in ("shipped", "delivered")
}


async def book(shop: Shop, order: dict[str, Any]) -> None:
    async with in_transaction("default"):
        await store([Order.model_validate(order)], shop.clock)


async def ask(customer: Customer) -> None:
    await customer.says(f"查订单 {NUMBER} 尾号1234")


@pytest.fixture
async def couriers() -> AsyncIterator[CourierStandIn]:
    async with courier_stand_in() as courier:
        courier.ways[WAYBILL] = way("0", ("2026-11-23 18:30:00", "已到达上海转运中心"))
        yield courier


async def test_sent_and_delivered_are_told_once_each(couriers: CourierStandIn) -> None:
    async with open_shop(plugins=["orders"], settings=settings(couriers)) as shop:
        await book(shop, WAITING)
        mei = shop.customer("mei")
        await ask(mei)
        mei.hears("发货以后会在这里告诉您")
        before = len(mei.replies)
        await shop.advance(hours=5)
        assert len(mei.replies) == before
        await book(shop, ORDER)
        await shop.advance(hours=6)
        assert mei.replies[before:] == [
            f"您的订单 {NUMBER} 已经发货了：圆通速递 {WAYBILL}。想知道到哪了，随时问我。"
        ]
        couriers.ways[WAYBILL] = ARRIVED
        await shop.advance(hours=6)
        assert "已经签收了" in mei.replies[-1]
        assert len(mei.replies) == before + 2
        assert await Deadline.filter(name="orders.news", state="waiting").count() == 0


async def test_outside_the_reply_window_the_news_leaves_by_the_approved_form(
    couriers: CourierStandIn,
) -> None:
    wechat = WeChat()
    await wechat.start()
    channel = {"adapter": "wechat", **wechat.settings(notices=FORMS)}
    try:
        async with open_shop(
            plugins=["orders"], settings=settings(couriers), channels={"oa": channel}
        ) as shop:
            wechat.clock, wechat.hook = shop.clock, f"{shop.app.server.url}/hooks/oa"
            wechat.desk.templates |= {
                what: {"thing1", "phrase2"} for what in ("shipped", "delivered")
            }
            await book(shop, WAITING)
            await wechat.push_text("oUser", f"查订单 {NUMBER} 尾号1234")
            await shop.settle()
            await shop.advance(hours=49)
            await book(shop, ORDER)
            await shop.advance(hours=3)
            (told,) = wechat.desk.notices
            assert told.payload["template_id"] == "shipped"
            assert told.payload["data"] == {
                "thing1": {"value": "短款羽绒服 雾霾蓝 M"},
                "phrase2": {"value": "圆通速递"},
            }
    finally:
        await wechat.stop()


async def test_what_is_cancelled_or_over_is_no_news(couriers: CourierStandIn) -> None:
    async with open_shop(plugins=["orders"], settings=settings(couriers)) as shop:
        await book(shop, WAITING)
        mei = shop.customer("mei")
        await ask(mei)
        await book(shop, {**WAITING, "status": "refunded"})
        await shop.advance(hours=5)
        mei.hears("发货以后")
        assert len(mei.replies) == 2  # the order, and that promise
        assert await Deadline.filter(name="orders.news", state="waiting").count() == 0
        await book(shop, {**ORDER, "status": "completed"})
        await ask(mei)
        assert await Deadline.filter(name="orders.news", state="waiting").count() == 0
