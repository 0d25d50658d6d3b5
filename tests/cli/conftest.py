"""The command line as a person has it: a process of its own in a folder of its own."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from tests.furnish import furnish

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
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Its JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


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
        done = subprocess.run(
            [sys.executable, "-m", "core.cli", *words],
            cwd=self.path,
            env=environment(lang),
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

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


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Start ``xiaoer run`` in a folder."""
    started: list[subprocess.Popen[str]] = []

    def begin(folder: Folder, *words: str) -> Running:
        asyncio.run(furnish(folder.path))
        log = (folder.path / "run.log").open("w")
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
        log.close()
        started.append(process)
        return Running(process, folder.port)

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
