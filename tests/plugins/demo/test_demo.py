"""The demo shop: opens from its own settings, stocked once, with a courier whose parcels move."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from core.settings import build, demo
from core.testing import open_shop
from core.texts import Texts, bundled
from plugins.demo.keys import read
from plugins.demo.samples import sample_order
from plugins.demo.welcome import welcome

PLUGINS = ["handoff", "complaints", "orders", "faq", "groups", "console", "demo"]


async def test_what_it_invites_people_to_try_works() -> None:
    number, tail = sample_order()
    async with open_shop(plugins=PLUGINS) as shop:
        mei = shop.customer("mei")
        await mei.says("拍下多久发货？")
        mei.hears("48 小时内发货")
        await mei.says("我的快递到哪了")
        mei.hears("订单号")
        await mei.says(number)
        await mei.says(tail)
        mei.hears("圆通速递", "正在派送", "139\\*{6}22")
        await shop.advance(hours=70)
        await mei.says(f"{number} {tail}")
        mei.hears("已签收")


async def test_the_door_of_the_desk_opens_with_the_key_that_is_shown(tmp_path: Path) -> None:
    async with open_shop(plugins=PLUGINS, folder=tmp_path) as shop:
        key = read(tmp_path)
        assert key is not None
        assert f"{key.login}，密码 {key.password}" in welcome(shop.app.texts, shop.app.settings)
        session = f"{shop.app.server.url}/desk/api/session"
        async with ClientSession() as browser, browser.post(session, json=key._asdict()) as answer:
            assert answer.status == 200


async def test_a_digression_is_answered_and_the_form_goes_on() -> None:
    number, tail = sample_order()
    async with open_shop(plugins=PLUGINS) as shop:
        mei = shop.customer("mei")
        await mei.says("查快递")
        await mei.says("运费险是什么")
        mei.hears("保险公司", "请把订单号发给我")
        await mei.says("嗯我找找看")
        mei.hears("不太像订单号")
        assert await shop.events("faq.missed") == []
        await mei.says(f"{number}，尾号{tail}")
        mei.hears("圆通速递")


async def test_a_second_start_stocks_nothing_again(tmp_path: Path) -> None:
    for _ in range(2):
        async with open_shop(plugins=PLUGINS, folder=tmp_path) as shop:
            assert len(await shop.events("faq.changed")) == 1


async def test_each_sample_order_can_be_asked_after() -> None:
    orders: list[dict[str, Any]] = json.loads(
        files("plugins.demo").joinpath("orders.json").read_text(encoding="utf-8")
    )
    assert len(orders) == 10
    async with open_shop(plugins=PLUGINS) as shop:
        for order in orders:
            mei = shop.customer(order["buyer"])
            await mei.says(f"{order['number']} {order['phone'][-4:]}")
            mei.hears(f"订单 {order['number']}：")


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_welcome_names_an_order_to_try(locale: str) -> None:
    table, source = demo()
    assert source == "demo"
    settings = build({**table, "shop": {**table["shop"], "locale": locale}})
    words = welcome(Texts([bundled()], settings.shop.zone), settings)
    number, tail = sample_order()
    assert number in words
    assert tail in words
    assert "group-posts.jsonl" in words


def test_the_live_comments_carry_no_labels() -> None:
    lines = files("plugins.demo").joinpath("live_comments.jsonl").read_text(encoding="utf-8")
    assert len(lines.splitlines()) == 400
    assert "gold" not in lines
