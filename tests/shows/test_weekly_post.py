"""Shows 6 of the first issue: a weekly post fires once, also when the process dies at its slot."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.cli.conftest import ROOT, environment

pytestmark = pytest.mark.timeout(120)  # whole processes, on a machine under load

SLOT = datetime(2026, 11, 27, 18, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Friday
MINUTE, WEEK = timedelta(minutes=1), timedelta(weeks=1)


async def lives(folder: Path, start: datetime, end: datetime, point: str = "") -> int:
    """One life of the shop; the exit code, negative for a signal."""
    moments = (start.isoformat(), end.isoformat())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.shows.friday", str(folder), *moments, point),
        cwd=ROOT,
        env=environment(),
    )
    return await asyncio.wait_for(process.wait(), 40)


def posted(folder: Path) -> list[str]:
    """What the group has got."""
    file = folder / "posts.jsonl"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [json.loads(line)["text"] for line in lines]


@pytest.mark.parametrize("point", ["firing", "before", "after"])
async def test_a_death_at_the_slot_neither_loses_nor_doubles_it(tmp_path: Path, point: str) -> None:
    assert await lives(tmp_path, SLOT - MINUTE, SLOT + MINUTE, point) == -signal.SIGKILL
    before = posted(tmp_path)
    assert await lives(tmp_path, SLOT + MINUTE, SLOT + WEEK - MINUTE) == 0

    assert posted(tmp_path) == ["今晚开播"]
    assert bool(before) is (point == "after")
