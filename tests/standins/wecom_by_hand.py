"""``python3 dev.py standin wecom``: WeCom on this machine, with two phones as a page."""

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
from tests.standins.wecom import WeCom
from tests.standins.wecom_phone import Phones

SHOWN = """
企业微信替身 / WeCom stand-in:   {url}
店的回调 / the shop's webhooks:  {kf}
                                 {app}
{rest}"""
SNIPPET = """
把下面几行放进 settings.toml，再 xiaoer run / put this into settings.toml, then xiaoer run:
{channels}
"""


def main(words: list[str]) -> None:
    """Serve until Ctrl-C."""
    asyncio.run(serve(options(words)))


def options(words: list[str]) -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(prog="dev.py standin wecom", description=__doc__)
    parser.add_argument("--port", type=int, default=8091, help="of the phones' page")
    parser.add_argument("--shop-url", default="http://127.0.0.1:8080")
    parser.add_argument("--shop", action="store_true", help="open a shop to talk to as well")
    return parser.parse_args(words)


async def serve(chosen: argparse.Namespace, ready: asyncio.Event | None = None) -> None:
    """Run the platforms, and a shop if one is wanted, until cancelled."""
    kf = WeCom(port=chosen.port + 1 if chosen.port else 0)
    phones = Phones(kf)
    phones.port = chosen.port
    for platform in (kf, phones):  # the same on every start: a shop's settings.toml stays good
        platform.token, platform.key, platform.secret = "standin", "s" * 43, "s" * 32
        await platform.start()
    house: App | None = None
    with tempfile.TemporaryDirectory() as folder:
        try:
            if chosen.shop:
                house = await _shop(kf, phones, Path(folder))
            base = house.server.url if house else chosen.shop_url
            kf.hook, phones.hook = f"{base}/hooks/kf", f"{base}/hooks/wecom"
            told = "" if house else _snippet(kf, phones)
            sys.stdout.write(SHOWN.format(url=phones.url, kf=kf.hook, app=phones.hook, rest=told))
            sys.stdout.flush()
            if ready is not None:
                ready.set()
            await asyncio.Event().wait()
        finally:
            if house is not None:
                await house.stop()
            await phones.stop()
            await kf.stop()


def channels(kf: WeCom, phones: Phones) -> dict[str, dict[str, object]]:
    """The channels of a shop that talks to these platforms."""
    return {
        "kf": {"adapter": "wecom_kf", **kf.settings()},
        "wecom": {"adapter": "wecom", **phones.settings()},
    }


async def _shop(kf: WeCom, phones: Phones, folder: Path) -> App:
    """The shop of the working folder, or the demo shop, with a ledger that is thrown away."""
    table: dict[str, Any] = read()[0]
    os.chdir(folder)
    kept = {n: c for n, c in table.get("channels", {}).items() if c.get("adapter") == "file"}
    table |= {"data": str(folder), "server": {"port": 0}}
    table |= {"database": {"url": f"sqlite://{folder}/shop.db"}}
    table["channels"] = {**kept, **channels(kf, phones)}
    house = App(build(table))
    await house.start()
    return house


def _snippet(kf: WeCom, phones: Phones) -> str:
    lines: list[str] = []
    for name, table in channels(kf, phones).items():
        lines += ["", f"[channels.{name}]"]
        lines += [f"{key} = {value(given)}" for key, given in table.items()]
    return SNIPPET.format(channels="\n".join(lines))
