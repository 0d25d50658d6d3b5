"""How people really write: what went wrong when the shop was tried by hand."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from core.parts import Image
from core.testing import Customer, Shop, open_shop

PLUGINS = ("handoff", "complaints", "orders", "faq")


@pytest_asyncio.fixture
async def shop() -> AsyncGenerator[Shop]:
    async with open_shop(plugins=PLUGINS) as shop:
        yield shop


@pytest.fixture
def mei(shop: Shop) -> Customer:
    return shop.customer("mei")


async def test_never_mind_and_then_something_else(mei: Customer) -> None:
    await mei.says("我的快递到哪了")
    mei.hears("订单号")
    await mei.says("算了，我想先问一下你们周末上班吗")
    mei.hears("还没学会")
    await mei.says("6799")
    assert "不太像订单号" not in "".join(mei.replies)


async def test_never_mind_and_thanks(mei: Customer) -> None:
    await mei.says("我的快递到哪了")
    await mei.says("不用了，谢谢")
    mei.hears("先不弄这个了")


async def test_blanks_between_the_characters(mei: Customer) -> None:
    await mei.says("我 的 快 递 到 哪 里 了")
    mei.hears("订单号")


async def test_a_picture_is_answered_and_a_series_once(mei: Customer) -> None:
    await mei.sends(Image(media_id="1"))
    mei.hears("打字", "人工")
    await mei.sends(Image(media_id="2"))
    mei.hears_nothing()


async def test_a_picture_instead_of_the_order_number(mei: Customer) -> None:
    await mei.says("我的快递到哪了")
    await mei.sends(Image(media_id="1"))
    mei.hears("不太像订单号", "人工")


@pytest.mark.parametrize(("text", "times"), [("😀😀😀", 3), ("？？？", 2)])  # a third is impatience
async def test_signs_are_no_miss(mei: Customer, text: str, times: int) -> None:
    for _ in range(times):
        await mei.says(text)
        mei.hears("我在的")


async def test_a_robot_says_that_it_is_one(mei: Customer) -> None:
    await mei.says("你是机器人吗？")
    mei.hears("智能客服")
