"""``xiaoer top`` in a real terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

from core.testing import open_shop
from tests.cli.conftest import SECONDS, Folder, environment


def test_without_a_ledger_it_says_what_to_do(folder: Folder) -> None:
    ended = folder.types("top", "--once", lang="zh_CN")
    assert (ended.code, "xiaoer run" in ended.err, "Traceback" in ended.err) == (2, True, False)


def test_it_is_live_until_q_is_pressed(folder: Folder) -> None:
    asyncio.run(opened_once(folder.path))
    url = f"sqlite://{folder.path / 'shop.db'}"
    folder.settings(f'[database]\nurl = "{url}"\n[channels.page]\nadapter = "webchat"\n')
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "core.cli", "top", "--every", "0.5"]
    process = subprocess.Popen(
        command, cwd=folder.path, env=environment(), stdin=terminal, stdout=terminal
    )
    os.close(terminal)
    assert "page" in until(screen, "Nobody spoke")
    os.write(screen, b"q")
    until(screen, "\x1b[?1049l")  # the terminal gets its own screen back
    assert process.wait(SECONDS) == 0
    os.close(screen)


async def opened_once(folder: Path) -> None:
    async with open_shop(folder=folder):
        pass


def until(screen: int, words: str) -> str:
    shown, end = "", time.monotonic() + SECONDS
    while words not in shown:
        assert select.select([screen], [], [], end - time.monotonic())[0], shown
        shown += os.read(screen, 4096).decode(errors="replace")
    return shown
