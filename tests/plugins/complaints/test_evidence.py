"""The evidence pack shows nobody else's order, whatever the order system answers."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from core.cli.office import Desk
from core.testing import Shop, open_shop
from plugins.complaints.evidence import pack
from plugins.complaints.models import Complaint
from plugins.orders.face import OrderSource
from tests.standins.order_source import TOKEN, OrderSystem, order_system

MINE = {
    "number": "6799774500556622756",
    "phone": "13812345678",
    "status": "shipped",
    "customer_id": "c-1",
}
OTHERS = {**MINE, "number": "B2002", "phone": "13900001111", "customer_id": "c-2"}
# the shop knows the last of them
PEOPLE: dict[str, dict[str, str]] = {"Nobody": {}, "Mei": {"customer_id": "c-1"}}


@pytest.fixture
async def system() -> AsyncIterator[OrderSystem]:
    async with order_system() as system:
        system.orders = [MINE, OTHERS]
        yield system


@asynccontextmanager
async def shop_of(system: OrderSystem) -> AsyncGenerator[Shop]:
    orders = {"source": "http", "http": {"url": system.url, "token": TOKEN}}
    settings = {"plugins": {"orders": orders}}
    plugins = ["handoff", "complaints", "orders"]
    async with open_shop(plugins=plugins, settings=settings) as shop:
        yield shop


async def complains(shop: Shop, who: str, proven: dict[str, str]) -> None:
    await shop.customer(who, proven=proven).says("杯子碎了，太气人了，我要投诉")
    await shop.advance(minutes=1)


async def packed(shop: Shop) -> dict[str, Any]:
    desk = Desk(shop.app, "zh_CN")
    case = await Complaint.all().order_by("-opened_at").first()
    assert case is not None
    body = await pack(case, desk.service(OrderSource), desk.texts, shop.clock.now())
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        found: dict[str, Any] = json.loads(archive.read("orders.json"))
    return {"orders": [one["number"] for one in found["orders"]], "missing": found["missing"]}


async def test_a_careless_order_system_does_not_put_anothers_order_into_the_pack(
    system: OrderSystem,
) -> None:
    async with shop_of(system) as shop:
        for who, proven in PEOPLE.items():
            await complains(shop, who, proven)
            system.mood = "careless"
            assert await packed(shop) == {"orders": [], "missing": []}
            system.mood = ""
        assert await packed(shop) == {"orders": ["6799774500556622756"], "missing": []}


async def test_the_pack_is_made_without_an_order_system_and_says_what_is_missing(
    system: OrderSystem,
) -> None:
    async with shop_of(system) as shop:
        for who, proven in PEOPLE.items():
            await complains(shop, who, proven)
            system.mood = "down"
            assert await packed(shop) == {"orders": [], "missing": sorted(proven.values())}
            system.mood = ""


async def test_an_order_proved_in_the_chat_is_in_the_pack_while_the_proof_fits(
    system: OrderSystem,
) -> None:
    async with shop_of(system) as shop:
        mei = shop.customer("Mei")
        await mei.says("6799774500556622756 5678")
        await mei.says("杯子碎了，太气人了，我要投诉")
        assert await packed(shop) == {"orders": ["6799774500556622756"], "missing": []}
        system.orders = [{**OTHERS, "number": "6799774500556622756"}]
        assert await packed(shop) == {"orders": [], "missing": []}
