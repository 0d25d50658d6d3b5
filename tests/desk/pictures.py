"""``python -m tests.desk.pictures [NAME...]``: take the documents' pictures of the desk anew.

Every screen in both languages, some in the dark and on a phone, in a real Chromium, of the busy
shop after two weeks of work.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import re
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from playwright.async_api import Browser, async_playwright, expect

from tests.adapters.webchat.browser import ARGUMENTS
from tests.desk import before
from tests.desk.busy import NOW, Play, busy_shop
from tests.desk.page import PICTURES, Desk, sits_down
from tests.desk.png import small
from tests.desk.set_up import knows, set_up
from tests.plugins.console.desk import PASSWORD
from tools.pytest_browser import MISSING, find_chromium

PHONE: Final = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
LOCALES: Final = ("zh-CN", "en-US")


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen as somebody sees it: ``{chat 林小满}`` in its path is a conversation's number.

    ``ready``: what shows that it is filled. ``press``: what is pressed then.
    ``types``: what is sought.
    """

    name: str
    login: str
    path: str
    ready: str
    press: str = ""
    types: str = ""


SCREENS: Final = (
    Screen("inbox", "li", "inbox/{chat 林小满}", ".contact .order", ".views button:nth-child(7)"),
    Screen("list", "li", "inbox", "a.card", ".views button:nth-child(7)"),
    Screen("queue", "zhou", "inbox/{chat 何佳怡}", ".contact h2"),
    Screen("people", "li", "people", ".page li"),
    Screen("person", "wang", "people/{person 林小满}", ".page .order"),
    Screen("complaints", "wang", "complaints", ".board .case"),
    Screen("incident", "wang", "incidents", ".incident tbody tr"),
    Screen("wall", "wang", "wall", ".wall .case"),
    Screen("numbers", "wang", "numbers", ".chart svg"),
    Screen("quality", "wang", "quality", ".page h1"),
    Screen("canned", "tao", "canned", ".rows li"),
    Screen("knowledge", "tao", "knowledge", ".page .rows li"),
    Screen("entry", "tao", "knowledge/shop-014", ".findings-list li"),
    Screen("learning", "tao", "learning", ".candidate"),
    Screen("sentences", "tao", "sentences", ".rows li", types="handoff"),
    Screen("staff", "tang", "staff", ".page tbody tr"),
    Screen("settings", "wang", "settings", ".setting"),
    Screen("audit", "tang", "audit", ".page tbody tr"),
    Screen("account", "li", "account", ".rows li"),
)
LOOKS: Final[Mapping[str, tuple[Collection[str], Mapping[str, Any]]]] = {  # by the file's suffix
    "": ({screen.name for screen in SCREENS} - {"list"}, {}),
    "-dark": (("inbox", "wall"), {"color_scheme": "dark"}),
    "-phone": (("list", "inbox", "complaints"), PHONE),
}


async def path_of(play: Play, path: str) -> str:
    """The address of a screen."""
    for whole, what, name in re.findall(r"(\{(chat|person) (.+?)\})", path):
        number = await (play.number(name) if what == "chat" else play.contact(name))
        path = path.replace(whole, str(number))
    return path


async def at_desk(play: Play, browser: Browser, login: str, **context: Any) -> Desk:
    """Somebody signed in, whose window shows the shop's time."""
    given = {"timezone_id": "Asia/Shanghai", **context}
    desk = await sits_down(browser, play.shop.app.server.url, **given)
    desk.sign = "nav.rail a"
    await desk.at.clock.set_fixed_time(NOW)
    await desk.enters(login, PASSWORD)
    return desk


async def opens(play: Play, desk: Desk, screen: Screen) -> None:
    """Go to a screen and wait until it is filled."""
    await desk.goes(await path_of(play, screen.path))
    await desk.at.locator(screen.ready).first.wait_for(state="attached")
    if screen.press:
        await desk.at.locator(screen.press).dispatch_event("click")  # a phone may not show it
    if screen.types:
        await desk.at.locator(".sought input").fill(screen.types)
        await expect(desk.at.locator(".rows li").first).to_contain_text(screen.types)
    await expect(desk.at.locator(".el-skeleton")).to_have_count(0)


async def take(play: Play, browser: Browser, wanted: Collection[str]) -> None:
    """All pictures, or those whose names are wanted."""
    for locale, (suffix, (names, context)) in itertools.product(LOCALES, LOOKS.items()):
        files = {
            f"desk-{screen.name}{suffix}-{locale[:2]}.png": screen
            for screen in SCREENS
            if screen.name in names
        }
        for login in dict.fromkeys(screen.login for screen in files.values()):
            mine = {
                file: screen
                for file, screen in files.items()
                if screen.login == login and any(word in file for word in wanted or ("desk",))
            }
            if mine:
                desk = await at_desk(play, browser, login, locale=locale, **context)
                for file, screen in mine.items():
                    await opens(play, desk, screen)
                    taken = await desk.at.screenshot(animations="disabled")
                    (PICTURES / file).write_bytes(await small(browser, taken))
                    sys.stdout.write(f"wrote {file}\n")
                await desk.at.context.close()


async def main(wanted: Collection[str]) -> None:
    """Live two weeks and an afternoon, then look around."""
    chromium = find_chromium() or sys.exit(MISSING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    async with busy_shop(before.DAYS) as play, async_playwright() as playwright:
        await set_up(play)
        await before.weeks_go_by(play)
        await play.plays()
        await knows(play)
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        await take(play, browser, wanted)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
