"""A lead's screen of an incident in a real browser: opened, told, compensated, ended."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.desk.page import Desk, sits_down
from tests.plugins.console.desk import PASSWORD, Office, open_desk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.asyncio(loop_scope="module"),
]
PLUGINS = ("handoff", "compensation", "incidents", "complaints", "orders", "groups", "console")
SETTINGS = {"plugins": {"incidents": {"look_seconds": 7200}}}


@pytest_asyncio.fixture(loop_scope="module")
async def office() -> AsyncGenerator[Office]:
    async with open_desk(plugins=PLUGINS, settings=SETTINGS) as office:
        await office.hires("wang", "supervisor", name="王姐")
        await office.hires("boss", "admin", name="老板")
        yield office


async def at_desk(office: Office, browser: Browser, login: str) -> Desk:
    desk = await sits_down(browser, office.shop.app.server.url)
    desk.sign = "nav.rail a"
    await desk.at.clock.set_fixed_time(office.shop.clock.now())
    await desk.enters(login, PASSWORD)
    await desk.goes("incidents")
    return desk


async def test_a_lead_opens_tells_compensates_and_ends_an_incident(
    office: Office, browser: Browser
) -> None:
    mei = office.shop.customer("Mei")
    wang = await at_desk(office, browser, "wang")
    await expect(wang.at.get_by_text("没有事件，一切太平。")).to_be_visible()
    await wang.presses("新建事件")
    await wang.at.get_by_label("出了什么事").fill("付款故障")
    await wang.at.get_by_label("顾客说了哪些词").fill("付不了款 支付失败")
    await wang.presses("立为事件")
    await expect(wang.at.locator(".incident h2")).to_have_text("付款故障")
    await mei.says("为什么付不了款")
    await wang.at.reload()
    row = wang.at.locator(".incident tbody tr")
    await expect(row).to_contain_text("已答复")
    await tells_all_but_one_group(office, wang)
    await wang.presses("补偿")
    await wang.at.get_by_label("每人多少元").fill("300")
    await wang.at.locator(".incident form .el-input input").last.fill("给好评就补")
    await wang.at.locator(".incident form button[type=submit]").click()
    await expect(wang.at.get_by_role("alert")).to_contain_text("不能和评价")
    await wang.at.locator(".incident form .el-input input").last.fill("付款故障，耽误下单")
    await wang.at.locator(".incident form button[type=submit]").click()
    await expect(wang.at.get_by_text("待复核")).to_be_visible()

    boss = await at_desk(office, browser, "boss")
    await boss.presses("批准")
    await expect(boss.at.locator(".incident tbody tr")).to_contain_text("300.00")
    await boss.presses("已解决")
    await boss.at.locator(".incident form textarea").fill("付款已恢复，让您久等了。")
    await boss.at.locator(".incident form button[type=submit]").click()
    await expect(boss.at.get_by_text("没有事件，一切太平。")).to_be_visible()
    await office.shop.settle()
    assert office.shop.posts("Mei")[-1] == "付款已恢复，让您久等了。"
    assert wang.faults + boss.faults == []


async def tells_all_but_one_group(office: Office, wang: Desk) -> None:
    """A notice to a live room, and not to the group of beauty."""
    await office.shop.member("Bo", "beauty").says("大家好")
    await office.shop.viewer("Al", "room").says("主播好")
    await wang.presses("通知大家")
    await expect(wang.at.get_by_role("group", name="2/2")).to_be_visible()
    await wang.at.get_by_role("checkbox", name="beauty").uncheck()
    await wang.at.locator(".incident form textarea").fill("付款正在恢复。")
    assert await wang.serious_findings() == []
    await wang.at.locator(".incident form button[type=submit]").click()
    await expect(wang.at.locator(".incident form")).to_have_count(0)
    await office.shop.settle()
    assert (office.shop.posts("beauty"), office.shop.posts("room")) == ([], ["付款正在恢复。"])
