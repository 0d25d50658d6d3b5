"""Reviews in a real browser: the notice at the door, a form filled, an appeal answered."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.desk.page import Desk, sits_down
from tests.plugins.console.desk import PASSWORD, Office, open_desk
from tests.plugins.console.quality.inspected import SETTINGS, served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.asyncio(loop_scope="module"),
]


WORDING = "用语：没有禁用语和推诿的话"


@pytest_asyncio.fixture(loop_scope="module")
async def office() -> AsyncGenerator[Office]:
    async with open_desk(settings=SETTINGS) as office:
        await office.hires("li", told=False, name="小李")
        await office.hires("wang", "supervisor", name="王姐")
        yield office


async def at_desk(office: Office, browser: Browser, login: str) -> Desk:
    desk = await sits_down(browser, office.shop.app.server.url)
    await desk.at.clock.set_fixed_time(office.shop.clock.now())
    await desk.enters(login, PASSWORD)
    return desk


async def test_an_agent_reads_the_notice_and_answers_for_a_score(
    office: Office, browser: Browser
) -> None:
    li = await reads_the_notice(office, browser)
    clerk = office.person("li", PASSWORD)
    await clerk.signs_in()
    number = await served(office, clerk, "Mei")
    wang = await at_desk(office, browser, "wang")
    await is_scored(wang, number)

    await expect(li.at.get_by_text("您有一条新的质检结果")).to_be_visible()
    await li.goes("quality")
    await expect(li.at.locator(".review")).to_contain_text("3.50")
    await li.at.get_by_label("为什么不同意").fill("规定是客人先提的")
    await li.presses("提交申诉")
    await expect(li.at.locator(".review header")).to_contain_text("申诉中")

    await expect(wang.at.get_by_text("有同事对质检结果提出申诉")).to_be_visible()
    await wang.goes("quality")
    await wang.at.get_by_label(f"{WORDING}：打分").select_option("4")
    await wang.at.get_by_label("怎么答复").fill("有道理，改成 4 分")
    await wang.presses("答复申诉")
    await expect(wang.at.locator(".review header")).to_contain_text("4.00")
    await li.at.reload()
    await expect(li.at.locator(".review")).to_contain_text("有道理，改成 4 分")
    await wang.presses("平均分")
    await expect(wang.at.locator(".plain-table tbody tr").first).to_contain_text("小李")
    assert await wang.serious_findings() == []
    assert [*li.faults, *wang.faults] == []
    for desk in (li, wang):
        await desk.at.context.close()


async def reads_the_notice(office: Office, browser: Browser) -> Desk:
    """A new agent comes in."""
    li = await sits_down(browser, office.shop.app.server.url)
    li.sign = "text=我看过了"
    await li.enters("li", PASSWORD)
    await expect(li.at.locator(".door-card .words")).to_contain_text("主管可以旁听")
    assert await li.serious_findings() == []
    await li.presses("我看过了")
    li.sign = ".strip dd"
    await li.at.locator(li.sign).first.wait_for()
    await li.at.reload()
    await li.at.locator(li.sign).first.wait_for()  # read is read
    return li


async def is_scored(wang: Desk, number: int) -> None:
    """A lead chooses a conversation and fills the form."""
    await wang.goes("quality")
    await expect(wang.at.get_by_text("这里还没有质检。")).to_be_visible()
    await wang.presses("抽查计划")
    await expect(wang.at.get_by_text("每周每人抽 2 条")).to_be_visible()
    await wang.at.get_by_label("会话号").fill(str(number))
    assert await wang.serious_findings() == []
    await wang.presses("加入质检")
    await expect(wang.at.locator(".review mark")).to_have_text("我们规定")
    for name in ("开场", "准确", "语气"):
        await wang.at.get_by_label(name).first.select_option("4")
    await wang.at.get_by_label(f"{WORDING}：打分").select_option("2")
    await wang.at.get_by_label("总评").fill("别说我们规定")
    assert await wang.serious_findings() == []
    await wang.presses("打分并发给本人")
