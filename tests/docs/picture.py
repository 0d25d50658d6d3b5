"""``python -m tests.docs.picture``: take the picture of the chat page that the README shows."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import ViewportSize, async_playwright

from core.app import App
from core.settings import build, demo
from plugins.demo.samples import sample_order
from tests.adapters.webchat.browser import ARGUMENTS, opened
from tests.desk.png import small
from tests.docs.documents import ROOT
from tools.pytest_browser import MISSING, find_chromium

PICTURE = ROOT / "docs" / "pictures" / "chat.png"
SIZE = ViewportSize(width=430, height=1230)
TALK = (
    ("拍下多久发货？", "48 小时内发货"),
    ("我的快递到哪了", "请把订单号发给我"),
    ("{number} 尾号{tail}", "圆通速递"),
)


@asynccontextmanager
async def demo_shop(folder: Path) -> AsyncGenerator[App]:
    """The demo as ``xiaoer run`` opens it, with its files in ``folder``."""
    table, source = demo()
    channels: dict[str, dict[str, Any]] = table["channels"]
    for channel in channels.values():
        if "path" in channel:
            channel["path"] = str(folder / channel["path"])
    table["data"] = str(folder)
    table["database"] = {"url": f"sqlite://{folder / 'xiaoer.db'}"}
    table["server"] = {"port": 0}
    app = App(build(table, source))
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


async def take(chromium: str, folder: Path, picture: Path) -> list[str]:
    """Talk to the demo shop in a real browser, keep what it shows; all bubbles are returned."""
    number, tail = sample_order()
    async with demo_shop(folder) as app, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await browser.new_page(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport=SIZE, device_scale_factor=1.5
        )
        chat = await opened(page, f"{app.server.url}/chat/webchat")
        for words, answer in TALK:
            await chat.say(words.format(number=number, tail=tail))
            await chat.shows(answer)
        taken = await page.screenshot(animations="disabled")
        await asyncio.to_thread(picture.write_bytes, await small(browser, taken))
        said = await chat.words()
        await browser.close()
    return said


def main() -> None:
    chromium = find_chromium() or sys.exit(MISSING)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(take(chromium, Path(folder), PICTURE))
    sys.stdout.write(f"wrote {PICTURE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
