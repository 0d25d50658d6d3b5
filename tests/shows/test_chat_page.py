"""Shows 2 of the first issue: the demo shop in a real Chromium."""

from __future__ import annotations

import signal
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from tests.adapters.webchat.browser import opened
from tests.cli.conftest import free_port
from tests.shows.house import House, open_house

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="module"),
]
NUMBER, TAIL, WAYBILL = "6799774500556622701", "0001", "YT8800000000001"
QUESTION, ANSWER = "拍下多久发货？", "48 小时内发货"
PATIENCE = 30_000  # milliseconds, on a machine under load
CLOCKS = {"soothe_due": 10, "plan_due": 30, "close_due": 120}  # minutes


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    async with open_house(tmp_path_factory.mktemp("demo")) as house:
        yield house


def chat_page(house: House) -> str:
    return f"{house.url}/chat/webchat"


async def test_a_question_of_the_knowledge_is_answered(house: House, page: Page) -> None:
    chat = await opened(page, chat_page(house))
    await chat.say(QUESTION)
    await chat.shows(ANSWER)
    await page.get_by_role("button", name="有用", exact=True).click()
    await chat.shows("谢谢您的反馈")


async def test_a_parcel_is_shown_after_the_proof(house: House, page: Page) -> None:
    chat = await opened(page, chat_page(house))
    await chat.say("我的快递到哪了")
    await chat.shows("订单号")
    await chat.say(NUMBER)
    await chat.shows("后四位")
    assert WAYBILL not in "".join(await chat.words())
    await chat.say(TAIL)
    await chat.shows(WAYBILL)

    shown = (await chat.words())[-1]
    assert "圆通速递" in shown
    assert "已到达 上海转运中心" in shown
    assert shown.count("· ") >= 3


async def test_anger_is_soothed_and_opens_a_complaint(house: House, page: Page) -> None:
    chat = await opened(page, chat_page(house))
    await chat.say("太生气了，我要投诉")
    await chat.shows("不好受")
    await chat.shows("同事")

    (complaint,) = await complaints(house)
    opened_at = datetime.fromisoformat(complaint["opened_at"])
    due = {name: datetime.fromisoformat(complaint[name]) - opened_at for name in CLOCKS}
    assert due == {name: timedelta(minutes=minutes) for name, minutes in CLOCKS.items()}
    assert complaint["number"] in await house.types("complaints")


async def complaints(house: House) -> list[dict[str, Any]]:
    """Those of the chat page; the live room is angry too now and then."""
    return [
        row
        for row in await house.rows("complaints")
        if row["notes"][0]["text"] == "太生气了，我要投诉"
    ]


async def test_a_reload_keeps_the_conversation(house: House, page: Page) -> None:
    chat = await opened(page, chat_page(house))
    await chat.say(QUESTION)
    await chat.shows(ANSWER)
    await chat.shows("帮到您了吗")
    before = await chat.words()
    await page.reload()
    await chat.ready()
    await chat.shows("帮到您了吗")

    assert await chat.words() == before


async def test_offline_and_back_loses_nothing(
    house: House, context: BrowserContext, page: Page
) -> None:
    chat = await opened(page, chat_page(house))
    await chat.say("你好")
    await chat.shows("请问有什么可以帮您")
    await context.set_offline(True)
    await chat.say(QUESTION)
    await chat.say("能便宜点吗")
    await expect(page.get_by_text("等待网络")).to_have_count(2, timeout=PATIENCE)
    await context.set_offline(False)
    await chat.shows(ANSWER)
    await chat.shows("议价")

    await expect(chat.sent).to_have_count(3, timeout=PATIENCE)
    said = [row["text"] for row in await house.rows("ledger", "list", "--channel", "webchat")]
    assert (said.count("能便宜点吗"), said.count("你好")) == (1, 1)


async def test_a_killed_shop_comes_back_and_goes_on(tmp_path: Path, page: Page) -> None:
    port = free_port()
    async with open_house(tmp_path, port=port) as house:
        chat = await opened(page, chat_page(house))
        await chat.say("我的快递到哪了")
        await chat.shows("订单号")
        await house.ends(signal.SIGKILL)
    await chat.say(NUMBER)
    async with open_house(tmp_path, port=port):
        await chat.shows("后四位")
        await chat.say(TAIL)
        await chat.shows(WAYBILL)

        assert len(await chat.words()) == 6
