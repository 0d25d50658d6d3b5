"""The page of ``desk_load``: one agent in a real Chromium, timed from a click to what it shows."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count

from playwright.async_api import Page as Window
from playwright.async_api import async_playwright

from bench.desk_agents import Waits
from bench.desk_shop import PASSWORD, login

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
PATIENCE = 30_000  # milliseconds
NUMBERS = count(1)
VIEWS = (0, 3, -2)  # mine, the queue, all
LISTS = """async (nth) => {
  const box = document.querySelector(".list-box")
  const start = performance.now()
  const done = new Promise((resolve) => {
    const watcher = new MutationObserver(() => {
      if (box.getAttribute("aria-busy") === "false") { watcher.disconnect(); resolve() }
    })
    watcher.observe(box, { attributes: true, attributeFilter: ["aria-busy"] })
  })
  Array.from(document.querySelectorAll(".views button")).at(nth).click()
  await done
  return performance.now() - start
}"""
SENDS = """async (words) => {
  const said = document.querySelector(".said")
  const field = document.querySelector(".composer textarea")
  const there = () => [...said.querySelectorAll("article.bubble.out .words")]
    .some((one) => one.textContent === words)
  field.value = words
  field.dispatchEvent(new Event("input", { bubbles: true }))
  const start = performance.now()
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }))
  await new Promise((resolve) => {
    const watcher = new MutationObserver(() => there() && (watcher.disconnect(), resolve()))
    watcher.observe(said, { childList: true, subtree: true, characterData: true })
  })
  return performance.now() - start
}"""


class Page:
    """Somebody who lists and answers in a browser."""

    def __init__(self, window: Window) -> None:
        """Signed in, with a conversation of their own open."""
        self.window = window
        self.faults: list[str] = []
        window.on("pageerror", lambda error: self.faults.append(str(error)))

    async def lists(self) -> float:
        """Seconds from the click on a view to its list."""
        return await self.window.evaluate(LISTS, random.choice(VIEWS)) / 1000

    async def sends(self) -> float:
        """Seconds from Enter to the message as the shop has it."""
        return await self.window.evaluate(SENDS, f"好的，第{next(NUMBERS)}件我马上看") / 1000

    async def works(self, times: int) -> Waits:
        """So many of each, one after the other."""
        waits = Waits()
        for _ in range(times):
            waits.listed.append(await self.lists())
            waits.sent.append(await self.sends())
        return waits

    async def works_until(self, until: float) -> Waits:
        """As people do, for a while."""
        waits, loop = Waits(), asyncio.get_running_loop()
        while loop.time() < until:
            waits.listed.append(await self.lists())
            await asyncio.sleep(random.uniform(0.5, 1.5))
            waits.sent.append(await self.sends())
            await asyncio.sleep(random.uniform(0.5, 1.5))
        return waits


@asynccontextmanager
async def sits_down(url: str) -> AsyncGenerator[Page]:
    """An agent signed in, with one of their conversations open."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("desk_load needs a Chromium on the PATH")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        window = await (await browser.new_context(locale="zh-CN")).new_page()
        window.set_default_timeout(PATIENCE)
        page = Page(window)
        await window.goto(f"{url}/desk")
        await window.locator("#login").fill(login(0))
        await window.locator("#password").fill(PASSWORD)
        await window.locator("#password").press("Enter")
        await window.locator("a.card").first.click()
        await window.locator(".composer textarea").wait_for()
        yield page
        await browser.close()
