"""The whole shop as strangers have it: a process of its own, in a folder of its own."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sqlite3
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests import warm
from tests.cli.conftest import environment
from tests.furnish import furnish

SECONDS = 40  # a machine under load starts a process slowly
Process = asyncio.subprocess.Process


@dataclass
class House:
    """``xiaoer run`` once it is open, and commands typed beside it."""

    folder: Path
    process: Process
    url: str

    async def types(self, *words: str) -> str:
        """What a command prints; it must succeed."""
        ended = await asyncio.to_thread(warm.run, words, self.folder, environment(), "", SECONDS)
        assert ended.code == 0, ended.err
        return ended.out

    async def rows(self, *words: str) -> list[dict[str, Any]]:
        """The JSON lines of a listing."""
        return [json.loads(line) for line in (await self.types(*words, "--json")).splitlines()]

    async def hears(self, words: str) -> str:
        """Read on until the house prints a line with these words."""
        return await hears(self.process, words)

    async def measures(self) -> dict[str, float]:
        """Its metrics, each summed over its labels."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        sums: dict[str, float] = {}
        for line in lines:
            if found := re.fullmatch(r"(\w+)(?:\{.*\})? (\S+)", line):
                sums[found[1]] = sums.get(found[1], 0) + float(found[2])
        return sums

    async def ends(self, how: signal.Signals) -> int:
        """Send a signal and wait for the exit code."""
        self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), SECONDS)


async def hears(process: Process, words: str) -> str:
    """Read what a process prints until a line with these words."""
    assert process.stdout is not None
    heard: list[str] = []
    while line := (await asyncio.wait_for(process.stdout.readline(), SECONDS)).decode():
        heard.append(line)
        if words in line:
            return line
    raise AssertionError(f"{words!r} was never said:\n{''.join(heard)}")


@asynccontextmanager
async def open_house(
    folder: Path, settings: str = "", port: int = 0, **variables: str
) -> AsyncGenerator[House]:
    """Run the shop of that folder, the demo without ``settings``; it is gone when you leave."""
    if settings:
        (folder / "settings.toml").write_text(settings, "utf-8")
    await furnish(folder)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", "core.cli", "run", "--port", str(port)),
        cwd=folder,
        env={**environment(), **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=2**20,
    )
    try:
        line = await hears(process, "is open: http")
        url = re.search(r"http://\S+?:\d+", line)
        assert url, line
        await hears(process, "Ctrl-C")
        yield House(folder, process, url.group())
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def ask(folder: Path, query: str, file: str = "data/xiaoer.db") -> list[tuple[Any, ...]]:
    """Look into the shop's database, from beside or when the shop is closed."""
    with closing(sqlite3.connect(folder / file, timeout=SECONDS)) as database:
        return database.execute(query).fetchall()
