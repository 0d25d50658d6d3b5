"""Kuaidi100: signatures, states, and everything that can go wrong on the way."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from core.clock import TestClock
from plugins.orders.kuaidi100 import Kuaidi100, sign, state_of
from plugins.orders.order import Parcel
from plugins.orders.settings import CourierSettings
from plugins.orders.tracking import CourierDesk, CourierDown, State
from tests.standins.courier import CUSTOMER, KEY, CourierStandIn, courier_stand_in, way

DATA = Path(__file__).parents[2] / "data" / "orders"
PARCEL = Parcel(waybill="YT8800000000001", courier="yuantong")
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


def cases(name: str) -> list[Any]:
    vectors: list[dict[str, Any]] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return [pytest.param(case["input"], case["expect"], id=case["id"]) for case in vectors]


@pytest.fixture
async def courier() -> AsyncIterator[CourierStandIn]:
    async with courier_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
async def client(courier: CourierStandIn) -> AsyncIterator[Kuaidi100]:
    settings = CourierSettings(
        provider="kuaidi100",
        api_base=courier.url,
        customer=CUSTOMER,
        key=SecretStr(KEY),
        timeout_seconds=0.3,
    )
    async with aiohttp.ClientSession() as session:
        yield Kuaidi100(session, settings)


@pytest.mark.parametrize(("given", "expect"), cases("kuaidi100_sign.json"))
def test_sign_vectors(given: dict[str, str], expect: dict[str, str]) -> None:
    assert sign(given["param"], given["key"], given["customer"]) == expect["sign"]


@pytest.mark.parametrize(("given", "expect"), cases("kuaidi100_states.json"))
def test_state_vectors(given: dict[str, str], expect: dict[str, str]) -> None:
    assert state_of(given["state"], given["sub_state"]) == expect["state"]


async def test_the_way_comes_newest_first_and_without_phones(
    courier: CourierStandIn, client: Kuaidi100
) -> None:
    courier.ways[PARCEL.waybill] = way(
        "5",
        ("2026-11-21 09:00:00", "快递员13912345678正在派送"),
        ("2026-11-20 10:00:00", "已到达"),
    )
    track = await client.track(PARCEL, "13800001234")
    assert track.state is State.OUT_FOR_DELIVERY
    assert [node.text for node in track.nodes] == ["快递员139******78正在派送", "已到达"]
    assert track.nodes[0].at == datetime(2026, 11, 21, 1, tzinfo=UTC)
    assert "phone" not in courier.asked[0]


async def test_only_couriers_that_need_it_get_the_tail_of_the_phone(
    courier: CourierStandIn, client: Kuaidi100
) -> None:
    await client.track(Parcel(waybill="SF1300000000001", courier="shunfeng"), "13800001234")
    assert courier.asked[0]["phone"] == "1234"


async def test_a_parcel_in_a_locker_waits_to_be_fetched(
    courier: CourierStandIn, client: Kuaidi100
) -> None:
    courier.ways[PARCEL.waybill] = way("5", ("2026-11-21 09:00:00", "已放快递柜"), code="501")
    assert (await client.track(PARCEL, "")).state is State.READY_FOR_PICKUP


async def test_no_record_yet_is_no_failure(client: Kuaidi100) -> None:
    assert (await client.track(PARCEL, "")).state is State.NO_INFO


@pytest.mark.parametrize(
    ("mood", "reason"),
    [("hang", "in time"), ("broken", "no answer"), ("down", "502"), ("busy", "502")],
)
async def test_trouble_is_named(
    courier: CourierStandIn, client: Kuaidi100, mood: str, reason: str
) -> None:
    courier.mood = mood
    with pytest.raises(CourierDown, match=reason):
        await client.track(PARCEL, "")


async def test_a_closed_door_is_named() -> None:
    settings = CourierSettings(
        provider="kuaidi100", api_base="http://127.0.0.1:9", customer="c", key=SecretStr("k")
    )
    async with aiohttp.ClientSession() as session:
        with pytest.raises(CourierDown, match="cannot be reached"):
            await Kuaidi100(session, settings).track(PARCEL, "")


async def test_an_answer_is_believed_for_a_while(
    courier: CourierStandIn, client: Kuaidi100
) -> None:
    clock = TestClock(NOON)
    desk = CourierDesk(client, clock, timedelta(minutes=30))
    await desk.track(PARCEL, "")
    await desk.track(PARCEL, "")
    assert len(courier.asked) == 1
    clock.move_to(NOON + timedelta(minutes=31))
    await desk.track(PARCEL, "")
    assert len(courier.asked) == 2
