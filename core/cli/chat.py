"""``xiaoer chat``: the shop's bot in the terminal, on a copy of the shop's knowledge.

Nothing said here reaches a customer: the copy is a database of its own, and the shop's channels are
replaced by ones that only show what would have been sent there.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

import structlog

from core.app import App
from core.cli.show import tell
from core.cli.terminal import Overheard, Terminal
from core.cli.tongue import locale
from core.logs import set_up
from core.settings import QueueSettings, Settings, load
from core.store.database import Database

NAME = "terminal"
STDIN = 0
FORGOTTEN = ("message", "deadline", "journal", "quota_grant")
PATIENCE = 30.0  # seconds after which the prompt comes back although something is still under way


def command() -> None:
    """Talk to the bot; Ctrl-D ends."""
    settings = load()
    set_up(settings.log.model_copy(update={"level": "error"}))
    asyncio.run(_talk(_rehearsal(settings)))


def _rehearsal(settings: Settings) -> Settings:
    """The same shop with a terminal for a door and a copy of its database."""
    copy = settings.data / "chat.db"
    _copy(Database(settings.database, {}).file, copy)
    here = f"{Terminal.__module__}:"
    channels: dict[str, dict[str, Any]] = {
        name: {"adapter": f"{here}{Overheard.__name__}"} for name in settings.channels
    }
    channels[NAME] = {"adapter": f"{here}{Terminal.__name__}", "locale": locale()}
    return settings.model_copy(
        update={
            "channels": channels,
            "server": settings.server.model_copy(update={"host": "127.0.0.1", "port": 0}),
            "database": settings.database.model_copy(update={"url": f"sqlite://{copy}"}),
            "queue": QueueSettings(),  # what customers say is not ours to take
        }
    )


def _copy(source: Path | None, target: Path) -> None:
    """A snapshot of the shop's tables, also while it runs; talk and clocks stay behind."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for leftover in target.parent.glob(f"{target.name}*"):
        leftover.unlink()
    if source is None or not source.exists():
        return
    with sqlite3.connect(source) as shop, sqlite3.connect(target) as copy:
        shop.backup(copy)
        known = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
        for table in known.intersection(FORGOTTEN):
            copy.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
    shop.close()
    copy.close()


async def _talk(settings: Settings) -> None:
    app = App(settings)
    keyboard = Keyboard()
    await app.start()
    try:
        line = app.lines.get(NAME)
        assert line is not None  # noqa: S101 - put there above
        assert isinstance(line.adapter, Terminal)  # noqa: S101 - likewise
        tell("cli.chat.hello", shop=settings.shop.name)
        while (words := await keyboard.line()) is not None:
            if words.strip():
                await line.adapter.said(words.strip())
                await _answered(app)
        tell("cli.chat.bye")
    finally:
        await app.stop()


async def _answered(app: App) -> None:
    """Wait until the bot has said what it has to say, if need be at its next attempt."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not app.idle or app.worker.resting:  # noqa: ASYNC110 - many parts, no single event
                await asyncio.sleep(0.01)
    except TimeoutError:
        structlog.get_logger(__name__).warning("chat.still_busy")


class Keyboard:
    """Lines from standard input without blocking the loop; a thread that ends with the process."""

    def __init__(self) -> None:
        """Begin to read."""
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, daemon=True).start()

    async def line(self) -> str | None:
        """The next line, or ``None`` at the end (Ctrl-D)."""
        return await self._lines.get()

    def _read(self) -> None:
        """Read below Python's own buffer: its lock would hold up the end of the process."""
        rest = b""
        while data := os.read(STDIN, 65536):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self._hand_on(line.decode(errors="replace"))
        if rest:
            self._hand_on(rest.decode(errors="replace"))
        self._hand_on(None)

    def _hand_on(self, line: str | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
