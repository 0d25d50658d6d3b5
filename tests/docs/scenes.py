"""Five visitors of the demo shop, and what ``xiaoer explain`` and ``xiaoer trace`` say of them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.message import Inbound, Sender
from core.parts import Text
from core.settings import demo
from core.store.models import Message
from core.testing import Shop, open_shop
from plugins.console.folder import Folder
from plugins.console.pages import Reader
from plugins.console.settings import SlaSettings
from tests.docs.documents import ROOT

SAID = {
    "faq": "拍下多久发货？",
    "parcel": "我的快递到哪了",
    "complaint": "太生气了，我要投诉",
    "person": "人工",
    "unknown": "今天天气怎么样",
}
WIDTH = "110"
TODAY = re.compile(r"\bC\d{6}-0\b")  # explain numbers a complaint with the day it is asked on


async def visit(folder: Path) -> dict[str, int]:
    """Let everybody say their sentence in a demo shop; the ledger's numbers of what was said."""
    table, _source = demo()
    enabled = table["plugins"].pop("enabled")
    channels: dict[str, dict[str, Any]] = table.pop("channels")
    del channels["live"]  # it would talk in between
    for channel in channels.values():
        if "path" in channel:
            channel["path"] = str(folder / channel["path"])
    table["database"] = {"url": f"sqlite://{folder / 'data' / 'xiaoer.db'}"}
    table.pop("data")
    home = folder / "data"
    async with open_shop(plugins=enabled, settings=table, channels=channels, folder=home) as shop:
        numbers = {scene: await _say(shop, scene, words) for scene, words in SAID.items()}
        # the desk sets its clocks beside the shop, a moment after what they are about
        policy = SlaSettings().policy(shop.app.texts.zone)
        await Folder(shop.app.writer, shop.clock, policy).catch_up(Reader())
        return numbers


async def _say(shop: Shop, scene: str, words: str) -> int:
    line = shop.app.lines.get("webchat")
    assert line is not None
    who, now = f"visitor-{scene}", shop.clock.now()
    await line.accept([Inbound(f"said-{scene}", who, Sender(who, "Mei"), (Text(words),), now)])
    await shop.settle()
    return (await Message.get(channel="webchat", direction="in", key=f"said-{scene}")).id


def play(folder: Path, numbers: Mapping[str, int]) -> dict[str, str]:
    """Every scene by name (``explain-faq``): the command as typed, then what it prints."""
    commands = {f"explain-{scene}": ["explain", words] for scene, words in SAID.items()}
    commands |= {f"trace-{scene}": ["trace", str(number)] for scene, number in numbers.items()}
    printed = zip(commands, _type(folder, list(commands.values())), strict=True)
    return {scene: f"$ xiaoer {' '.join(commands[scene])}\n{_plain(out)}" for scene, out in printed}


def _type(folder: Path, commands: list[list[str]]) -> list[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XIAOER")}
    own = {"PYTHONPATH": str(ROOT), "XIAOER_LANG": "en", "COLUMNS": WIDTH, "TZ": "Asia/Shanghai"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.docs.typist"],
        cwd=folder,
        env={**kept, **own},
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _plain(output: str) -> str:
    lines = (line.rstrip() for line in TODAY.sub("C261123-0", output).splitlines())
    return "".join(f"{line}\n" for line in lines)
