"""Ten thousand messages over fifty pages, and ``kill -9`` in the middle: each once, in order."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from core.plugin import Plugin
from core.turn import Turn
from tests.adapters.wecom_kf.town import until
from tests.standins.wecom import WeCom

MESSAGES, PAGES, CUSTOMERS = 10_000, 50, 40
SETTINGS = """
data = "{folder}"
[server]
port = 0
[log]
level = "warning"
[database]
url = "sqlite://{folder}/shop.db"
synchronous = "normal"
[plugins]
enabled = ["{module}:plugin"]
[channels.kf]
adapter = "wecom_kf"
{channel}
"""
plugin = Plugin("notary")


@plugin.on(always=True)
async def write_down(turn: Turn) -> None:
    turn.emit("notary.heard", key=turn.message.key)


async def test_ten_thousand_messages_and_a_kill(tmp_path: Path) -> None:
    wecom = WeCom(account="wkShow")
    await wecom.start()
    wecom.pages = pages(wecom)
    write_settings(tmp_path, wecom)
    try:
        async with running(tmp_path) as process:
            await until(lambda: called(wecom, 23))
            process.kill()
        seen, before = len(wecom.cursors), dict(rows(tmp_path, "state"))
        assert 1000 < sum(before.values()) < MESSAGES
        wecom.rewinds = [2, 0, 3]  # and the platform goes back a few pages, too
        async with running(tmp_path):
            await until(lambda: handled(tmp_path, MESSAGES))
        assert wecom.cursors[seen] in {f"p{seen - 2}", f"p{seen - 1}", f"p{seen}"}
    finally:
        await wecom.stop()

    assert rows(tmp_path, "state") == [("handled", MESSAGES)]
    heard = [json.loads(data)["key"] for data in told(tmp_path)]
    assert Counter(Counter(heard).values()) == {1: MESSAGES}
    spoken: dict[int, list[int]] = {}
    for number in map(int, heard):
        spoken.setdefault(number % CUSTOMERS, []).append(number)
    assert len(spoken) == CUSTOMERS
    assert all(numbers == sorted(numbers) for numbers in spoken.values())
    assert wecom.most_parallel == 1


def pages(wecom: WeCom) -> list[list[dict[str, Any]]]:
    """Fifty pages with messages, a tenth of them again later, and empty pages in between."""
    dice, made = random.Random(4), list[list[dict[str, Any]]]()
    size, known = MESSAGES // PAGES, list[dict[str, Any]]()
    for start in range(0, MESSAGES, size):
        page = [message(wecom, number) for number in range(start, start + size)]
        again = dice.sample(known, min(len(known), size // 10))
        known += page
        made.append(page[: size // 2] + again + page[size // 2 :])
        made.extend([] for _ in range(dice.choice((0, 0, 1, 2))))
    return made


def message(wecom: WeCom, number: int) -> dict[str, Any]:
    who = f"wm{number % CUSTOMERS}"
    return wecom.entry(who, "text", {"content": f"message {number}"}, msgid=str(number))


async def called(wecom: WeCom, times: int) -> bool:
    return len(wecom.cursors) >= times


async def handled(folder: Path, number: int) -> bool:
    await asyncio.sleep(0.1)
    return dict(rows(folder, "state")).get("handled") == number


def write_settings(folder: Path, wecom: WeCom) -> None:
    mine = wecom.settings(accounts=[wecom.account])
    channel = "\n".join(f"{name} = {json.dumps(value)}" for name, value in mine.items())
    text = SETTINGS.format(folder=folder, channel=channel, module=__name__)
    (folder / "settings.toml").write_text(text, "utf-8")


@asynccontextmanager
async def running(folder: Path) -> AsyncGenerator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "core.cli", "run"),
        env={**os.environ, "XIAOER_SETTINGS": str(folder / "settings.toml")},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def rows(folder: Path, column: str) -> list[tuple[str, int]]:
    query = f"select {column}, count(*) from message where direction = 'in' group by {column}"
    with closing(sqlite3.connect(folder / "shop.db")) as database:
        return database.execute(query).fetchall()


def told(folder: Path) -> list[str]:
    query = "select data from journal where kind = 'notary.heard' order by id"
    with closing(sqlite3.connect(folder / "shop.db")) as database:
        return [row[0] for row in database.execute(query)]
