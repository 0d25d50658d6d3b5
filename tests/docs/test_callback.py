"""The example plugin of ``docs/write-a-plugin.md`` in a whole shop."""

from collections.abc import AsyncGenerator

import pytest

from core.testing import Shop, open_shop

PLUGINS = ("handoff", "docs.examples.callback.plugin:plugin")
STAFF = {"channel": "shop", "conversation": "staff"}


@pytest.fixture
async def shop() -> AsyncGenerator[Shop]:
    settings = {"plugins": {"callback": {"staff": STAFF, "within": 30}}}
    async with open_shop(plugins=PLUGINS, settings=settings) as shop:
        yield shop


async def test_a_wish_becomes_a_call(shop: Shop) -> None:
    mei = shop.customer("Mei")
    await mei.says("能给我回个电话吗")
    mei.hears("手机号是多少")
    await mei.says("我找找")
    mei.hears("不太对")
    await mei.says("13800138000")
    mei.hears("30 分钟内会有同事打 13800138000")
    assert shop.posts("staff") == ["Mei 想要回电：13800138000"]
    assert len(await shop.events("callback.asked")) == 1


async def test_a_number_in_the_same_breath_is_not_asked_for(shop: Shop) -> None:
    mei = shop.customer("Mei")
    await mei.says("给我打电话，13800138000")
    mei.hears("记下啦")


async def test_staff_are_reminded_once(shop: Shop) -> None:
    mei = shop.customer("Mei")
    await mei.says("打给我 13800138000")
    await shop.advance(minutes=29)
    assert len(shop.posts("staff")) == 1
    await shop.advance(minutes=120)
    assert shop.posts("staff")[1:] == ["还没给 Mei 回电话：13800138000，请尽快联系。"]


async def test_others_may_not_read_along(shop: Shop) -> None:
    mei = shop.member("Mei", "fans")
    await mei.says("打给我 13800138000")
    mei.hears_nothing()


async def test_in_english(shop: Shop) -> None:
    mei = shop.customer("Mei", locale="en")
    await mei.says("please call me")
    mei.hears("mobile number")
