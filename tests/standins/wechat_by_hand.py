"""``python3 dev.py standin wechat``: WeChat on this machine, with a customer's phone as a page."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from core.app import App
from core.settings import build, read
from tests.standins.toml import value
from tests.standins.wechat_phone import Phone

CHANNEL = "wechat"
SHOWN = """
微信替身 / WeChat stand-in:   {url}
店的回调 / the shop's webhook: {hook}
{rest}"""
SNIPPET = """
把下面几行放进 settings.toml，再 xiaoer run / put this into settings.toml, then xiaoer run:

[channels.{channel}]
{lines}
"""


def main(words: list[str]) -> None:
    """Serve until Ctrl-C."""
    asyncio.run(serve(options(words)))


def options(words: list[str]) -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(prog="dev.py standin wechat", description=__doc__)
    parser.add_argument("--port", type=int, default=8090, help="of the phone's page")
    parser.add_argument("--hook", default=f"http://127.0.0.1:8080/hooks/{CHANNEL}")
    parser.add_argument("--mode", default="safe", choices=["plain", "compatible", "safe"])
    parser.add_argument("--shop", action="store_true", help="open a shop to talk to as well")
    return parser.parse_args(words)


async def serve(chosen: argparse.Namespace, ready: asyncio.Event | None = None) -> None:
    """Run the platform, and a shop if one is wanted, until cancelled."""
    phone = Phone(mode=chosen.mode)
    # The same on every start, so that a shop's settings.toml stays good.
    phone.token, phone.key, phone.app_secret = "standin", "s" * 43, "s" * 32
    phone.port, phone.hook = chosen.port, chosen.hook
    await phone.start()
    house: App | None = None
    with tempfile.TemporaryDirectory() as folder:
        try:
            if chosen.shop:
                house = await _shop(phone, Path(folder))
                phone.hook = f"{house.server.url}/hooks/{CHANNEL}"
            told = "" if house else _snippet(phone)
            sys.stdout.write(SHOWN.format(url=phone.url, hook=phone.hook, rest=told))
            sys.stdout.flush()
            if ready is not None:
                ready.set()
            await asyncio.Event().wait()
        finally:
            if house is not None:
                await house.stop()
            await phone.stop()


def settings(phone: Phone) -> dict[str, object]:
    """The channel of a shop that talks to this platform."""
    # A picture of the stand-in lies on this machine, which a shop would not ask otherwise.
    return {"adapter": "wechat", **phone.settings(media_hosts=["127.0.0.1"])}


async def _shop(phone: Phone, folder: Path) -> App:
    """The shop of the working folder, or the demo shop, with a ledger that is thrown away."""
    table: dict[str, Any] = read()[0]
    os.chdir(folder)
    channels: dict[str, dict[str, Any]] = table.get("channels", {})
    kept = {name: one for name, one in channels.items() if one.get("adapter") == "file"}
    table |= {"data": str(folder), "server": {"port": 0}}
    table |= {"database": {"url": f"sqlite://{folder}/shop.db"}}
    table["channels"] = {**kept, CHANNEL: settings(phone)}
    house = App(build(table))
    await house.start()
    return house


def _snippet(phone: Phone) -> str:
    lines = "\n".join(f"{name} = {value(given)}" for name, given in settings(phone).items())
    return SNIPPET.format(channel=CHANNEL, lines=lines)
