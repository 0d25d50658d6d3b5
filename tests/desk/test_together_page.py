"""Several at one conversation and one that is put off, as two people see it in their browsers."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.desk.page import Desk, sits_down
from tests.plugins.console.desk import PASSWORD, Office, open_desk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.asyncio(loop_scope="module"),
]
SKILLS = [{"skill": "质检", "topics": ["quality"]}]
SETTINGS = {"plugins": {"handoff": {"policy": "manual", "skills": SKILLS}}}


async def at_desk(office: Office, browser: Browser, login: str) -> Desk:
    desk = await sits_down(browser, office.shop.app.server.url)
    await desk.at.clock.set_fixed_time(office.shop.clock.now())
    await desk.enters(login, PASSWORD)
    return desk


async def test_a_lead_whispers_and_the_agent_puts_it_off_by_a_key(browser: Browser) -> None:
    async with open_desk(settings=SETTINGS) as office:
        await office.hires("li", "agent", name="小李")
        await office.hires("wang", "supervisor", name="王姐")
        mei = office.shop.customer("Mei")
        await mei.says("订单 20261120001 的裙子开线了")
        await mei.says("太生气了，质量这么差，我要投诉你们")
        li = await at_desk(office, browser, "li")
        await li.looks("排队")
        await expect(li.card("Mei")).to_contain_text("找质检")
        await li.card("Mei").click()
        await expect(li.at.locator(".brief")).to_contain_text("裙子开线了")
        await expect(li.at.locator(".thread-head .hot").first).to_have_text("高优先")
        await li.presses("我来接")
        wang = await at_desk(office, browser, "wang")
        await wang.goes(f"inbox/{await office.number('Mei')}")
        await wang.presses("旁听")
        await expect(li.at.locator(".guests")).to_contain_text("王姐 在旁听")
        await wang.presses("耳语")
        words = wang.at.get_by_label("想对接待的同事说什么（顾客看不到）")
        await words.fill("先道歉，直接换新")
        await words.press("Tab")
        await wang.at.locator(".el-dialog:visible button[type=submit]").click()
        await expect(li.at.locator(".note.whisper")).to_contain_text("直接换新")
        await li.at.locator(".composer textarea").press("Alt+z")
        await li.presses("等顾客回话（最多一周）")
        await li.looks("搁置")
        await expect(li.card("Mei")).to_contain_text("搁置到")
        await mei.says("图片发您了")
        await expect(li.card("Mei")).to_have_count(0)
        assert [*li.faults, *wang.faults, *await li.serious_findings()] == []
        assert not any("换新" in text for text in office.shop.posts("Mei"))
        for desk in (li, wang):
            await desk.at.context.close()
