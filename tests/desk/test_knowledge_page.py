"""The trainer's screens in a real browser: a miss becomes an entry, an entry is changed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from tortoise.transactions import in_transaction

from plugins.faq.face import Entry, store
from plugins.handoff.settings import HandoffSettings, Hours
from tests.desk.page import Desk, sits_down
from tests.plugins.console.desk import PASSWORD, PLUGINS, Office, open_desk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.asyncio(loop_scope="module"),
]
GROUPS = {"groups": {"moms": {"channel": "shop", "conversation": "moms"}}}
SETTINGS = {
    "plugins": {"faq": {"encoder": "none"}, "handoff": {"policy": "manual"}, "groups": GROUPS}
}
ENTRIES = (
    Entry(
        id="return",
        question="怎么申请退货？",
        answer="在订单里点“申请退货”，审核后寄回。",
        category="售后",
        similar=("不想要了可以退吗",),
        tests=("怎么申请退货呀",),
    ),
    Entry(id="hours", question="客服几点上班？", answer="9 点到 21 点。", category="客服"),
)


@pytest_asyncio.fixture(loop_scope="module")
async def office() -> AsyncGenerator[Office]:
    async with open_desk(plugins=(*PLUGINS, "faq"), settings=SETTINGS) as office:
        async with in_transaction("default"):
            await store(ENTRIES, office.shop.clock, "import")
        office.shop.app.watch.soon()
        await office.shop.settle()
        await office.hires("tao", "trainer", name="小陶")
        await office.hires("li", "agent", name="小李")
        await office.hires("wang", "supervisor", name="王姐")
        await office.hires("zhou", "community", name="小周")
        yield office


async def at_desk(office: Office, browser: Browser, login: str, **context: Any) -> Desk:
    desk = await sits_down(browser, office.shop.app.server.url, **context)
    desk.sign = "nav.rail a"
    await desk.at.clock.set_fixed_time(office.shop.clock.now())
    await desk.enters(login, PASSWORD)
    return desk


async def test_a_miss_becomes_an_entry(office: Office, browser: Browser) -> None:
    for name in ("Mei", "Lan", "Zhou"):
        await office.shop.customer(name).says("旧羽绒服回收吗")
    tao = await at_desk(office, browser, "tao")
    page = tao.at
    await expect(page).to_have_url(f"{tao.url}/desk/learning")
    card = page.locator(".candidate", has_text="旧羽绒服回收吗")
    await expect(card).to_contain_text("问了 3 次")
    await card.locator("textarea").fill("回收的，每件抵 5 元券。")
    await tao.presses("通过并上线")
    await expect(card).to_have_count(0)
    await expect(page.locator(".panel", has_text="补上以后")).to_contain_text("旧羽绒服回收吗")
    await office.shop.settle()
    kim = office.shop.customer("Kim")
    await kim.says("旧羽绒服回收吗")
    kim.hears("抵 5 元券")
    assert tao.faults == []
    await page.context.close()


async def test_an_entry_is_changed_under_a_colleagues_eyes_and_taken_back(
    office: Office, browser: Browser
) -> None:
    tao = await at_desk(office, browser, "tao")
    page = tao.at
    await tao.goes("knowledge/hours")
    wang = await at_desk(office, browser, "wang")
    await wang.goes("knowledge/hours")
    mine = wang.at.get_by_label("答案", exact=True)
    await mine.fill("我正在写的答案")
    await page.get_by_label("答案", exact=True).fill("8 点到 22 点。")
    await page.get_by_label("考题", exact=False).fill("怎么申请退货")
    await tao.presses("存草稿")
    await expect(page.locator(".findings-list")).to_contain_text("怎么申请退货？")
    await expect(wang.at.get_by_role("status").filter(has_text="tao 刚改了这里")).to_be_visible()
    await expect(mine).to_have_value("我正在写的答案")
    await wang.presses("放弃我写的，看新的")
    await expect(mine).to_have_value("8 点到 22 点。")
    await tao.presses("审核通过")
    await expect(wang.at.get_by_text("审核：tao")).to_be_visible()  # nothing unsaved: by itself
    await tao.presses("发布")
    await tao.presses("仍然发布")
    await expect(page.locator(".change ins").first).to_have_text("8 点到 22 点。")
    await page.get_by_role("button", name="回到这一版").click()
    await (
        page.get_by_role("button", name="Yes").or_(page.get_by_role("button", name="确定")).click()
    )
    await expect(page.get_by_label("答案", exact=True)).to_have_value("9 点到 21 点。")
    assert tao.faults + wang.faults == []
    for desk in (tao, wang):
        await desk.at.context.close()


async def test_an_agent_puts_words_of_the_knowledge_into_a_reply(
    office: Office, browser: Browser
) -> None:
    yun = office.shop.customer("Yun")
    await yun.says("人工")
    await yun.says("怎么申请退货")
    li = await at_desk(office, browser, "li")
    await li.looks("排队")
    await li.card("Yun").click()
    await li.presses("我来接")
    await li.presses("查知识")
    await li.at.get_by_role("button", name="用“怎么申请退货？”的答案").click()
    await expect(li.at.locator(".composer textarea")).to_have_value(ENTRIES[0].answer)
    await li.goes("knowledge/hours")
    await expect(li.at.get_by_role("button", name="存草稿")).to_have_count(0)
    await li.at.context.close()


async def test_working_hours_are_set_at_the_desk_and_go_back_to_the_file(
    office: Office, browser: Browser
) -> None:
    wang = await at_desk(office, browser, "wang")
    await expect(wang.at).to_have_url(f"{wang.url}/desk/wall")
    await wang.at.keyboard.press("Control+k")
    await wang.at.locator(".palette-field").fill("设置")
    await wang.at.keyboard.press("Enter")
    await wang.presses("修改“人工上班时间”")
    hours = wang.at.locator(".setting", has_text="人工上班时间")
    await hours.get_by_role("checkbox", name="启用").check()
    await hours.get_by_label("上班", exact=True).fill("22:00")
    await wang.presses("保存")
    await expect(hours.get_by_role("alert")).to_contain_text("plugins.handoff.hours")
    assert await wang.serious_findings() == []
    await hours.get_by_label("上班", exact=True).fill("08:30")
    await wang.presses("保存")
    await expect(hours).to_contain_text("08:30–21:00")
    assert held(office).opens.hour == 8
    zhou = await at_desk(office, browser, "zhou")
    await zhou.goes("settings")
    await expect(zhou.at.locator(".setting")).to_have_count(1)
    await zhou.presses("修改“每周定时群发”")
    await zhou.presses("加一条")
    await zhou.at.get_by_label("名字").fill("辅食教程")
    await zhou.at.get_by_label("星期几").select_option("wed")
    await zhou.at.get_by_label("几点").fill("20:00")
    await zhou.at.get_by_role("checkbox", name="moms").check()
    await zhou.at.get_by_label("发什么").fill("南瓜米糊")
    assert await zhou.serious_findings() == []
    await zhou.presses("保存")
    await expect(zhou.at.locator(".setting")).to_contain_text("周三 20:00 · 辅食教程 · moms")
    slots = wang.at.locator(".setting", has_text="每周定时群发")
    await expect(slots).to_contain_text("辅食教程")  # by itself
    await zhou.at.context.close()
    await wang.presses("“人工上班时间”恢复成文件里的值")
    await wang.at.get_by_role("button", name="确定").click()
    await expect(hours).not_to_contain_text("已改")
    assert wang.faults == []
    await wang.at.context.close()


def held(office: Office) -> Hours:
    hours = office.shop.app.registry.services[HandoffSettings].hours
    assert hours is not None
    return hours
