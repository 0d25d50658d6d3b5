"""A running shop, and a Chromium to visit it with.

Browser tests share one loop a module, because starting Chromium costs a second.
"""

from collections.abc import AsyncGenerator

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.adapters.webchat.browser import ARGUMENTS
from tests.adapters.webchat.shop import Shop, open_shop


@pytest_asyncio.fixture(loop_scope="module")
async def shop() -> AsyncGenerator[Shop]:
    async with open_shop(title="山货小铺", suggestions=("怎么退货？",)) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncGenerator[BrowserContext]:
    context = await browser.new_context(locale="zh-CN")
    context.set_default_timeout(15_000)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(context: BrowserContext) -> Page:
    return await context.new_page()
