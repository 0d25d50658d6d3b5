"""Hatches shops quickly: ``python -m chaos.nest`` has everything imported and forks for each life.

A line of standard input is ``SETTINGS LOG``; the answers are ``began PID`` and, when a process has
ended, ``ended PID CODE``. At the end of the input everything hatched here is killed. The children
do exactly what ``xiaoer run --settings SETTINGS`` does, but with a clock that may be wrong.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import traceback
from pathlib import Path
from unittest.mock import patch

import chaos.adapter  # pyright: ignore[reportUnusedImport] - imported ahead
import chaos.plugin  # noqa: F401  # pyright: ignore[reportUnusedImport]
import core.app as house
from chaos import clock
from core.cli import run

children: set[int] = set()


def hatch(settings: str, log: str) -> int:
    """Fork a shop and return its number."""
    if number := os.fork():
        return number
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        random.seed()  # or every life would throw the same dice
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        nothing = os.open(os.devnull, os.O_RDWR)
        for given, wanted in ((nothing, 0), (nothing, 1), (out, 2)):
            os.dup2(given, wanted)
        wrong = Path(settings).with_name(clock.FILE)
        with patch.object(house, "SystemClock", lambda: clock.WrongClock(wrong)):
            run.command(Path(settings), None, None)
        code = 0
    except BaseException:  # noqa: BLE001 - a child must not return into the nest
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def tell(*words: object) -> None:
    """One line of answer."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def bury(*_signal: object) -> None:
    """Tell of everyone who has ended."""
    while children:
        number, status = os.waitpid(-1, os.WNOHANG)
        if not number:
            return
        children.discard(number)
        tell("ended", number, os.waitstatus_to_exitcode(status))


def main() -> None:
    """Serve until the input ends."""
    signal.signal(signal.SIGCHLD, bury)
    signal.signal(clock.PUT, signal.SIG_IGN)  # until a child has its clock
    tell("ready")
    while line := sys.stdin.readline():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        number = hatch(*line.split())
        children.add(number)
        tell("began", number)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    for number in list(children):
        os.kill(number, signal.SIGKILL)


if __name__ == "__main__":
    main()
