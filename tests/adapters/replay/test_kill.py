"""``kill -9`` in the middle of a replayed room: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "data" / "replay" / "live_comments_sample.jsonl"
SETTINGS = """
data = "{folder}"
[server]
port = 0
[database]
url = "sqlite://{folder}/shop.db"
synchronous = "normal"
[plugins]
enabled = []
[channels.live]
adapter = "adapters.replay.adapter:ReplayAdapter"
file = "{folder}/room.jsonl"
speed = 400
live = {{ waiting = 0 }}
"""


@asynccontextmanager
async def running(folder: Path) -> AsyncGenerator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "core.cli", "run"),
        env={**os.environ, "XIAOER_SETTINGS": str(folder / "settings.toml")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def says(process: asyncio.subprocess.Process, word: str) -> None:
    assert process.stdout is not None
    heard: list[str] = []
    async for line in process.stdout:
        heard.append(line.decode(errors="replace"))
        if word in heard[-1]:
            return
    raise AssertionError(f"{word!r} was never said:\n{''.join(heard)}")


def states(folder: Path) -> dict[str, int]:
    query = "select state, count(*) from message where direction = 'in' group by state"
    with closing(sqlite3.connect(folder / "shop.db")) as database:
        return dict(database.execute(query).fetchall())


async def test_kill_9_in_the_middle_loses_and_doubles_nothing(tmp_path: Path) -> None:
    comments = SAMPLE.read_text("utf-8").splitlines()
    comments.insert(1300, "a line that is no comment says in the log that we are in the middle")
    (tmp_path / "room.jsonl").write_text("\n".join(comments), "utf-8")
    (tmp_path / "settings.toml").write_text(SETTINGS.format(folder=tmp_path), "utf-8")

    async with running(tmp_path) as process:
        await says(process, "bad_line")
        process.send_signal(signal.SIGKILL)
        await process.wait()
    assert 1000 < sum(states(tmp_path).values()) < 2000

    async with running(tmp_path) as process:
        await says(process, "replay.ended")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0

    left = states(tmp_path)
    assert left.pop("handled") + left.pop("accepted", 0) == 2600
    assert not left
