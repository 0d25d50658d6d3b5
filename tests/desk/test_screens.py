"""Every screen of a busy shop is finished, keeps nobody out and fits: wide and on a phone."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from itertools import groupby
from operator import attrgetter

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.desk.busy import Play, busy_shop
from tests.desk.pictures import SCREENS, Screen, at_desk, opens
from tests.desk.set_up import knows, set_up

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.asyncio(loop_scope="module"),
]
ONCE = [screen for screen in SCREENS if screen.name not in {"list", "queue"}]  # inboxes too
FRESH = Screen("fresh", "tao", "knowledge/kb-1?new=1", "h1")
EVERY = sorted((*ONCE, FRESH), key=attrgetter("login"))
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def play() -> AsyncGenerator[Play]:
    async with busy_shop() as play:
        await set_up(play)
        await play.plays()
        await knows(play)
        yield play


async def test_every_screen_is_finished_fits_and_keeps_nobody_out(
    play: Play, browser: Browser
) -> None:
    found: dict[str, list[str]] = {}
    for login, screens in groupby(EVERY, attrgetter("login")):
        desk = await at_desk(play, browser, login, locale="en-US")  # the longer words
        for screen in screens:
            await opens(play, desk, screen)
            found[screen.name] = await desk.serious_findings()
            for width in (390, 1360):
                await desk.at.set_viewport_size({"width": width, "height": 800})
                if await desk.at.evaluate(TOO_WIDE):
                    found[screen.name].append(f"wider than {width}")
            await desk.at.emulate_media(color_scheme="dark")
            await desk.at.locator("html.dark").wait_for()
            found[screen.name] += [f"dark: {what}" for what in await desk.poor_contrasts()]
            await desk.at.emulate_media(color_scheme="light")
        found[login] = desk.faults
        await desk.at.context.close()
    assert {name: what for name, what in found.items() if what} == {}
