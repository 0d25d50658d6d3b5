"""The browser that strangers visit the shop with: patient, as whole processes answer here."""

from collections.abc import AsyncGenerator

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from tests.adapters.webchat.conftest import browser, page

__all__ = ["browser", "context", "page"]


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncGenerator[BrowserContext]:
    context = await browser.new_context(locale="zh-CN")
    context.set_default_timeout(40_000)
    yield context
    await context.close()
