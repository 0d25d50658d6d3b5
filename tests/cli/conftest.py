"""The command line as a person has it: a process of its own in a folder of its own."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue

import pytest

from tests import warm
from tests.furnish import furnish
from tests.warm import Ended

ROOT = Path(__file__).parents[2]
SECONDS = 40  # a machine under load starts a process slowly
SHOP = """
[server]
port = {port}
[work]
attempts = 1
[plugins]
enabled = ["handoff", "faq", "tests.cli.till:plugin"]
[channels.board]
adapter = "file"
path = "board.jsonl"
[channels.room]
adapter = "replay"
file = "comments.jsonl"
speed = 1000
"""
COMMENTS = ("what does it cost?", "please break")


@dataclass
class Running:
    """``xiaoer run`` while it runs; leave the test and it is gone."""

    process: "subprocess.Popen[str]"
    port: int
    lines: "Queue[str]" = field(default_factory=Queue[str])

    def __post_init__(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def says(self, words: str) -> str:
        """Wait for the line with these words."""
        while words not in (line := self.lines.get(timeout=SECONDS)):
            pass
        return line

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and wait for the exit code."""
        self.process.send_signal(how)
        return self.process.wait(SECONDS)


class Folder:
    """A working folder and the commands typed in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.port = free_port()
        self.settings(SHOP.format(port=self.port))
        comments = [
            {"id": f"c{n}", "text": text, "at_ms": n, "user_id": f"u{n}", "room_id": "r1"}
            for n, text in enumerate(COMMENTS)
        ]
        lines = "".join(f"{json.dumps(comment)}\n" for comment in comments)
        (path / "comments.jsonl").write_text(lines, "utf-8")

    def settings(self, text: str) -> None:
        """Write ``settings.toml``."""
        (self.path / "settings.toml").write_text(text, "utf-8")

    def types(self, *words: str, stdin: str = "", lang: str = "en") -> Ended:
        """Run a command to its end."""
        return warm.run(words, self.path, environment(lang), stdin, SECONDS)

    def until(self, *words: str, hears: str) -> Ended:
        """Type a command again and again until its output has these words."""
        ended = self.types(*words)
        for _ in range(SECONDS):
            if hears in ended.out:
                return ended
            ended = self.types(*words)
        raise AssertionError(f"{words} never said {hears!r}, but: {ended}")


def environment(lang: str = "en") -> dict[str, str]:
    """That of a person: no settings of ours in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XIAOER")}
    return {**kept, "PYTHONPATH": str(ROOT), "XIAOER_LANG": lang, "COLUMNS": "200"}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A small shop: one file channel, the FAQ, and a plugin that can fail."""
    return Folder(tmp_path)


@contextmanager
def running(folder: Folder, *words: str) -> Generator[Running]:
    """``xiaoer run`` in this folder; leave and it is gone."""
    asyncio.run(furnish(folder.path))
    with (folder.path / "run.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "core.cli", "run", *words],
            cwd=folder.path,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
        )
    try:
        yield Running(process, folder.port)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Start ``xiaoer run`` in a folder."""
    with ExitStack() as shops:

        def begin(folder: Folder, *words: str) -> Running:
            return shops.enter_context(running(folder, *words))

        yield begin
