"""The desk in three real browser windows: a customer, an agent, a supervisor."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.adapters.webchat.browser import opened
from tests.desk.page import Desk, sits_down
from tests.plugins.console.desk import PASSWORD, Office, open_desk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.asyncio(loop_scope="module"),
]
CHIEF = {"name": "主管", "channel": "shop", "conversation": "chiefs"}
FRONT = {"name": "客服组", "channel": "shop", "conversation": "front"}
SETTINGS = {"plugins": {"complaints": {"levels": [FRONT, CHIEF]}, "handoff": {"policy": "manual"}}}
CHANNELS = {"webchat": {"adapter": "webchat", "title": "棉花糖女装"}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest_asyncio.fixture(loop_scope="module")
async def office() -> AsyncGenerator[Office]:
    async with open_desk(settings=SETTINGS, channels=CHANNELS) as office:
        await office.hires("li", "agent", name="小李")
        await office.hires("wang", "supervisor", "admin", name="王姐")
        yield office


async def at_desk(office: Office, browser: Browser, login: str, **context: Any) -> Desk:
    """Somebody signed in, whose window shows the shop's time."""
    desk = await sits_down(browser, office.shop.app.server.url, **context)
    await desk.at.clock.set_fixed_time(office.shop.clock.now())
    await desk.enters(login, PASSWORD)
    return desk


async def passes(office: Office, *desks: Desk, minutes: float) -> None:
    """Time goes by, for the shop and for every window."""
    await office.shop.advance(minutes=minutes)
    for desk in desks:
        await desk.at.clock.set_fixed_time(office.shop.clock.now())


async def test_an_angry_customer_is_soothed_taken_given_a_plan_and_closed_in_time(
    office: Office, browser: Browser
) -> None:
    url = office.shop.app.server.url
    window = await browser.new_context(locale="zh-CN")
    chat = await opened(await window.new_page(), f"{url}/chat/webchat")
    li = await at_desk(office, browser, "li")
    wang = await at_desk(office, browser, "wang")

    await chat.say("太生气了，我要投诉，衣服穿一次就破了，还不给退")
    await chat.shows("叫同事")
    await li.looks("排队")
    await li.card("质量").click()
    await li.shows("我要投诉")
    await expect(li.at.locator(".thread-head .clock")).to_have_count(3)
    await li.presses("我来接")
    await expect(li.at.locator(".thread-head")).to_contain_text("我在接")
    await li.says("实在对不起，我是小李，这件事我来帮您办到底")
    await chat.shows("我来帮您办到底")
    await (
        li.at.locator(".case textarea")
        .or_(li.at.get_by_role("button", name="记安抚", exact=True))
        .first.click()
    )

    await passes(office, li, wang, minutes=8.5)
    await wang.goes("wall")
    await expect(wang.at.locator(".wall .clock.warned").first).to_be_visible()

    await step(li, "已道歉并说明会全程跟进")
    await expect(li.at.locator(".thread-head .clock.met")).to_have_count(1)
    await passes(office, li, wang, minutes=5)
    await li.says("给您两个方案：原路退款，或者换新加赠运费险，您选哪个？")
    await chat.shows("两个方案")
    await li.presses("记方案")
    await step(li, "退款或换新，由客人选")
    await chat.say("退款吧")
    await li.shows("退款吧")
    await passes(office, li, wang, minutes=30)
    await li.presses("办结")
    await li.at.locator(".case select").select_option("quality")
    for name, words in (("责任方", "仓库质检"), ("解决办法", "全额退款")):
        await li.at.locator(".case").get_by_label(name).fill(words)
    await step(li, "退款已到账，客人认可")
    await expect(li.at.locator(".thread-head .clock")).to_have_count(0)

    assert len(await office.shop.events("complaint.closed")) == 1
    assert await office.shop.events("complaint.escalated") == []
    assert [*li.faults, *wang.faults] == []
    for page in (li.at, wang.at):
        await page.context.close()
    await window.close()


async def step(desk: Desk, words: str) -> None:
    """Fill in the open step of the complaint and finish it."""
    await desk.at.locator(".case textarea").fill(words)
    await desk.presses("完成这一步")
    await expect(desk.at.locator(".case form")).to_have_count(0)


async def test_a_missed_clock_reaches_the_chief_and_turns_red(
    office: Office, browser: Browser
) -> None:
    shop = office.shop
    await shop.customer("Mei").says("我要投诉你们，气死我了")
    wang = await at_desk(office, browser, "wang")
    await passes(office, wang, minutes=11)
    assert any("安抚" in words for words in shop.posts("chiefs"))
    await wang.goes("wall")
    await expect(wang.at.locator(".wall .clock.breached").first).to_be_visible()
    await wang.at.context.close()


async def test_a_poor_wording_is_caught_before_it_leaves(office: Office, browser: Browser) -> None:
    await office.shop.customer("Mei").says("人工")
    li = await at_desk(office, browser, "li")
    await li.looks("排队")
    await li.card("Mei").click()
    await li.presses("我来接")
    await li.at.locator(".composer textarea").fill("这不是我们的问题")
    await expect(li.at.locator(".findings mark")).to_have_text("这不是我们的问题")
    await li.at.context.close()


async def test_what_is_missed_while_the_line_is_down_comes_once(
    office: Office, browser: Browser
) -> None:
    mei = office.shop.customer("Mei")
    await mei.says("人工")
    li = await at_desk(office, browser, "li")
    await li.looks("排队")
    await li.card("Mei").click()
    await li.shows("人工")
    await li.at.context.set_offline(offline=True)
    await mei.says("还在吗？我想退货")
    await li.at.context.set_offline(offline=False)
    await li.at.evaluate("window.dispatchEvent(new Event('online'))")
    await li.shows("还在吗？我想退货")
    await expect(li.at.locator(".bubble .words", has_text="还在吗？我想退货")).to_have_count(1)
    await li.at.context.close()


async def test_the_desk_fits_a_phone(office: Office, browser: Browser) -> None:
    await office.shop.customer("Mei").says("人工")
    li = await at_desk(office, browser, "li", **PHONE)
    await li.looks("排队")
    await li.card("Mei").click()
    await li.presses("我来接")
    await li.says("您好，我在")
    await li.shows("您好，我在")
    wide = await li.at.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    await li.at.locator(".rail a").last.dispatch_event("click")
    await expect(li.at.locator(".rail a.router-link-active")).to_be_in_viewport(ratio=1)
    await li.at.context.close()
