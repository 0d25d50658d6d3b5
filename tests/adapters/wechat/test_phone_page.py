"""The phone's page in a real Chromium: a customer types, chooses, and sees how each word came."""

from __future__ import annotations

import pytest
from playwright.async_api import async_playwright

from tests.adapters.webchat.browser import ARGUMENTS
from tests.adapters.wechat.test_phone import at_the_page


@pytest.mark.browser
async def test_a_customer_plays_with_the_phone(chromium: str) -> None:
    faults: list[str] = []
    async with at_the_page() as (hand, _), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await browser.new_page(locale="en-GB")
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(hand.phone.url)
        await page.get_by_placeholder("Say something").fill("在吗")
        await page.get_by_role("button", name="Send", exact=True).click()
        await page.locator(".say", has_text="在的，亲").get_by_text("passive reply").wait_for()
        await page.get_by_text("wrote: 5, for 48 h").wait_for()
        await page.get_by_role("button", name="Unfollow").click()
        await page.get_by_role("button", name="Follow", exact=True).click()
        await page.locator(".say", has_text="欢迎关注").wait_for()
        await page.get_by_role("button", name="Push everything twice").click()
        await page.locator("#twice[aria-pressed=true]").wait_for()
        await browser.close()
    assert faults == []
