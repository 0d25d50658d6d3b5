from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, expect

from adapters.webchat.identity import sign_customer
from tests.adapters.webchat.browser import Chat, visitor_of
from tests.adapters.webchat.shop import Shop, open_shop

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
POLICY = "default-src 'none'; style-src 'self'; script-src http:; frame-src http:"


class Site:
    """The shop's own site, of another origin and with a strict policy, that embeds the widget."""

    def __init__(self) -> None:
        self.url = ""
        self.script = ""

    async def handle(self, request: web.Request) -> web.Response:
        body = f"<!doctype html><title>Shop</title><h1>Apples</h1>{self.script}"
        headers = {"Content-Security-Policy": POLICY}
        return web.Response(text=body, content_type="text/html", headers=headers)


@asynccontextmanager
async def site_with_widget(
    *, allowed: bool = True, data: str = ""
) -> AsyncGenerator[tuple[Site, Shop]]:
    site = Site()
    app = web.Application()
    app.router.add_get("/", site.handle)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://localhost:{runner.addresses[0][1]}"
    origins = (site.url,) if allowed else ()
    async with open_shop(allowed_origins=origins, customer_key="key") as shop:
        site.script = f'<script src="{shop.url}/widget.js" async {data}></script>'
        yield site, shop
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="module")
async def embedded(page: Page) -> AsyncGenerator[tuple[Shop, Page, Chat]]:
    async with site_with_widget() as (site, shop):
        await page.goto(site.url)
        yield shop, page, Chat(page.frame_locator("iframe"))


async def test_the_widget_opens_talks_and_closes_by_keyboard(
    embedded: tuple[Shop, Page, Chat],
) -> None:
    shop, page, chat = embedded
    launcher = page.get_by_role("button", name="联系客服")
    await launcher.focus()
    await page.keyboard.press("Enter")
    await chat.ready()
    await expect(chat.text).to_be_focused()
    await page.keyboard.type("在吗")
    await page.keyboard.press("Enter")
    me = await visitor_of(shop)
    await shop.say(me, "在的")
    await chat.shows("在的")
    await page.keyboard.press("Escape")

    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(launcher).to_be_focused()


async def test_a_closed_widget_counts_what_came(embedded: tuple[Shop, Page, Chat]) -> None:
    shop, page, chat = embedded
    await page.get_by_role("button", name="联系客服").click()
    await chat.ready()
    await chat.say("在吗")
    me = await visitor_of(shop)
    await page.get_by_role("button", name="关闭聊天窗口").click()
    await shop.say(me, "在的")
    await shop.say(me, "请讲")
    launcher = page.get_by_role("button", name="联系客服，2 条新消息")
    await expect(launcher).to_be_visible()
    assert {state for _, state in shop.ledger.marks} <= {"delivered"}

    await page.reload()  # a returning visitor is told without opening, and is the same person
    await launcher.click()
    await chat.shows("请讲")
    await shop.ledger.until(lambda: (3, "read") in shop.ledger.marks)
    await chat.say("好的")
    await visitor_of(shop, 2)

    assert {m.conversation for m in shop.ledger.inbound} == {me}


async def test_the_site_vouches_for_its_customer(page: Page) -> None:
    expires = 4_000_000_000
    signature = sign_customer("key", "42", expires)
    data = (
        f'data-customer="42" data-expires="{expires}" data-signature="{signature}" '
        'data-product="apple-5" data-lang="en"'
    )
    async with site_with_widget(data=data) as (site, shop):
        await page.goto(site.url)
        await page.get_by_role("button", name="Chat with us").click()
        chat = Chat(page.frame_locator("iframe"))
        await chat.ready()
        await chat.say("where is my order")
        assert await visitor_of(shop) == "c_42"

    (message,) = shop.ledger.inbound
    assert message.sender.proven == {"customer_id": "42"}
    assert message.context == {"product": "apple-5"}


async def test_a_foreign_site_cannot_show_the_chat(page: Page) -> None:
    refusals: list[str] = []
    page.on("console", lambda message: refusals.append(message.text))
    async with site_with_widget(allowed=False) as (site, _):
        await page.goto(site.url)
        async with page.expect_console_message(lambda m: "frame-ancestors" in m.text):
            await page.get_by_role("button", name="联系客服").click()

    assert any("frame-ancestors" in text for text in refusals)


async def test_on_a_phone_the_widget_fills_the_screen(browser: Browser) -> None:
    context: BrowserContext = await browser.new_context(
        locale="zh-CN", viewport={"width": 390, "height": 780}, has_touch=True
    )
    page = await context.new_page()
    async with site_with_widget() as (site, _):
        await page.goto(site.url)
        await page.get_by_role("button", name="联系客服").tap()
        await Chat(page.frame_locator("iframe")).ready()
        box = await page.get_by_role("dialog").bounding_box()
    await context.close()

    assert box == {"x": 0, "y": 0, "width": 390, "height": 780}
