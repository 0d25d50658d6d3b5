"""What a person sees and does at the desk, for tests in a real Chromium."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page

ROOT = Path(__file__).parents[2]
AXE = ROOT / "desk" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "docs" / "pictures"
PATIENCE = 12_000  # milliseconds, on a machine under load
RUN_AXE = """
async only => (await axe.run(document, {runOnly: only})).violations
    .filter(found => ["serious", "critical"].includes(found.impact))
    .map(found => `${found.id}: ${found.nodes.map(node => node.target).join(" ")}`)
"""


@dataclass
class Desk:
    """One member of staff with the page open."""

    at: Page
    url: str
    faults: list[str]
    sign: str = ".strip dd"  # what shows that the desk is there; trainers have no strip

    async def enters(self, login: str, password: str) -> None:
        """Sign in."""
        await self.at.goto(f"{self.url}/desk")
        await self.at.locator("#login").fill(login)
        await self.at.locator("#password").fill(password)
        await self.at.locator("#password").press("Enter")
        await self.at.locator(self.sign).first.wait_for()

    async def goes(self, screen: str) -> None:
        """Open a screen by its address."""
        await self.at.goto(f"{self.url}/desk/{screen}")
        await self.at.locator(self.sign).first.wait_for()

    async def looks(self, view: str) -> None:
        """Choose which conversations are listed."""
        await self.at.locator(".views button", has_text=view).click()

    def card(self, words: str) -> Locator:
        """The conversation in the list that shows these words."""
        return self.at.locator("a.card", has_text=words)

    async def presses(self, name: str) -> None:
        """Press a button by its words."""
        await self.at.get_by_role("button", name=name, exact=True).click()

    async def says(self, words: str) -> None:
        """Answer the customer of the open conversation."""
        await self.at.locator(".composer textarea").fill(words)
        await self.at.locator(".composer textarea").press("Enter")

    async def shows(self, words: str) -> None:
        """Wait until the conversation shows these words."""
        await self.at.locator(".bubble .words", has_text=words).first.wait_for()

    async def serious_findings(self) -> list[str]:
        """What axe finds that keeps people out, when what fades in has come in."""
        await self.at.evaluate(AXE.read_text("utf-8"))
        return await self._asks_axe({"type": "tag", "values": ["wcag2a", "wcag2aa"]})

    async def poor_contrasts(self) -> list[str]:
        """Of that, after :meth:`serious_findings`, what other colours may bring about."""
        return await self._asks_axe({"type": "rule", "values": ["color-contrast"]})

    async def _asks_axe(self, only: dict[str, Any]) -> list[str]:
        await self.at.evaluate("Promise.allSettled(document.getAnimations().map(a => a.finished))")
        found: list[str] = await self.at.evaluate(RUN_AXE, only)
        return found


async def sits_down(browser: Browser, url: str, **context: Any) -> Desk:
    """A fresh browser window; every error of the page is kept."""
    given: dict[str, Any] = {"locale": "zh-CN", "viewport": {"width": 1360, "height": 800}}
    window = await browser.new_context(**{**given, **context})
    window.set_default_timeout(PATIENCE)
    page = await window.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    return Desk(page, url, faults)
