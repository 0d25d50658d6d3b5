"""Two contacts become one at the desk, come apart, and one of them is erased."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from core.store.models import ContactIdentity
from tests.desk.page import sits_down
from tests.plugins.console.desk import PASSWORD, open_desk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="module"),
]


async def test_merged_undone_and_erased_by_somebody_who_leads(browser: Browser) -> None:
    async with open_desk() as office:
        for name in ("梅梅", "阿梅"):
            await office.shop.customer(name, proven={"customer_id": "C-7"}).says("你们几点下班")
        await office.hires("wang", "supervisor", name="王姐")
        rows = {row.external_id: row.contact_id for row in await ContactIdentity.all()}
        desk = await sits_down(browser, office.shop.app.server.url)
        await desk.enters("wang", PASSWORD)
        await desk.goes("people")
        await desk.at.get_by_role("link", name="梅梅").click()
        await desk.presses("对比")
        assert await desk.serious_findings() == []
        await desk.presses("合并成一个人")
        await expect(desk.at.get_by_role("button", name="撤销")).to_be_visible()
        await expect(desk.at.locator(".earlier")).to_have_count(2)
        await desk.presses("撤销")
        await expect(desk.at.locator(".earlier")).to_have_count(1)
        async with desk.at.expect_download() as kept:
            await desk.presses("导出资料")
        assert (await kept.value).suggested_filename == f"contact-{rows['梅梅']}.json"
        await desk.presses("抹除")
        await desk.at.locator(".el-message-box input").fill(str(rows["梅梅"]))
        await desk.at.locator(".el-message-box input").press("Enter")
        await expect(desk.at.get_by_text("只剩下条数")).to_be_visible()
        assert [row.external_id for row in await ContactIdentity.all()] == ["阿梅"]
        assert desk.faults == []
        await desk.at.context.close()
