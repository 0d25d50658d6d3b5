"""Orders of another system: found, not found, and every way of not getting an answer."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from pydantic import SecretStr

from plugins.orders.http_source import HttpOrders
from plugins.orders.settings import HttpSourceSettings
from plugins.orders.source import SourceDown
from tests.standins.order_source import TOKEN, OrderSystem, order_system

ORDER = {
    "number": "6799774500556622756",
    "phone": "13800000001",
    "status": "shipped",
    "customer_id": "42",
    "items": [{"title": "短款羽绒服", "count": 1}],
    "parcels": [{"waybill": "YT8800000000001", "courier": "yuantong"}],
}


@pytest.fixture
async def system() -> AsyncIterator[OrderSystem]:
    async with order_system() as system:
        system.orders.append(ORDER)
        yield system


@pytest.fixture
async def source(system: OrderSystem) -> AsyncIterator[HttpOrders]:
    settings = HttpSourceSettings(url=system.url, token=SecretStr(TOKEN), timeout_seconds=0.3)
    async with aiohttp.ClientSession() as session:
        yield HttpOrders(session, settings)


@pytest.mark.parametrize("number", [ORDER["number"], "YT8800000000001"])
async def test_an_order_is_found_by_number_and_waybill(source: HttpOrders, number: str) -> None:
    order = await source.find(number)
    assert order is not None
    assert order.phone == "13800000001"


async def test_the_latest_of_a_customer(source: HttpOrders) -> None:
    assert (await source.latest("42")) is not None
    assert (await source.latest("43")) is None


async def test_a_number_cannot_walk_elsewhere(source: HttpOrders) -> None:
    assert await source.find("../orders?customer_id=42") is None


@pytest.mark.parametrize(
    ("mood", "reason"), [("hang", "in time"), ("down", "503"), ("broken", "something else")]
)
async def test_trouble_is_named(
    source: HttpOrders, system: OrderSystem, mood: str, reason: str
) -> None:
    system.mood = mood
    with pytest.raises(SourceDown, match=reason):
        await source.find(str(ORDER["number"]))


async def test_a_wrong_token_is_named(system: OrderSystem) -> None:
    async with aiohttp.ClientSession() as session:
        source = HttpOrders(session, HttpSourceSettings(url=system.url))
        with pytest.raises(SourceDown, match="401"):
            await source.find("6799774500556622756")
