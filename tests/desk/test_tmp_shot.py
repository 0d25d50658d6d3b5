import pytest
from tests.desk.page import sits_down
from tests.plugins.console.desk import PLUGINS, PASSWORD, open_desk
from tests.plugins.console import test_numbers_story as T
from tortoise.transactions import in_transaction
from tests.adapters.webchat.conftest import browser
pytestmark=[pytest.mark.browser, pytest.mark.timeout(400), pytest.mark.asyncio(loop_scope="module")]
async def test_it(browser):
    async with open_desk(plugins=(*PLUGINS,"faq"), settings=T.SETTINGS) as office:
        async with in_transaction("default"):
            await T.store([T.RETURNS, T.SIZES], office.shop.clock, "import")
        office.shop.app.watch.soon(); await office.shop.settle()
        await office.hires("lead","supervisor")
        await T.a_month(office, await office.opens("li"))
        desk = await sits_down(browser, office.shop.app.server.url)
        await desk.at.clock.set_fixed_time(office.shop.clock.now())
        await desk.enters("lead", PASSWORD)
        await desk.goes("numbers")
        await desk.at.locator(".el-skeleton").first.wait_for(state="hidden")
        await desk.at.get_by_role("button", name="看“机器人接住了”掉的").click()
        await desk.at.locator(".lost-list td").first.wait_for()
        await desk.at.get_by_role("button", name="再看没答上的问题").click()
        await desk.at.get_by_text("火星上有门店吗").wait_for()
        print(await desk.serious_findings())
        await desk.at.get_by_role("link", name="去处理").nth(1).click()
        await desk.at.get_by_text("按小时").nth(0).wait_for(state="attached")
        print(desk.at.url)
        await desk.at.locator("select.bare").select_option("topic")
        await desk.at.get_by_role("rowheader", name="投诉：质量").wait_for()
        print(await desk.serious_findings())
        await desk.at.evaluate("document.querySelector('.shell')?.style.setProperty('height','auto')")
        await desk.at.set_viewport_size({"width":1360,"height":2600})
        await desk.at.screenshot(path="/tmp/numbers_helper/numbers.png")
        await desk.at.set_viewport_size({"width":390,"height":844})
        print("wide", await desk.at.evaluate("document.documentElement.scrollWidth > innerWidth"))
        day=office.shop.clock.now().date()
        await desk.at.goto(f"{office.shop.app.server.url}/desk/api/numbers/report.html?kind=week&of={day}")
        await desk.at.set_viewport_size({"width":900,"height":1270})
        print(await desk.serious_findings() if False else "")
        await desk.at.screenshot(path="/tmp/numbers_helper/report.png", full_page=True)
        print(desk.faults)
