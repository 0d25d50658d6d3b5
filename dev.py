#!/usr/bin/env python3
"""One door for developers: makes the environment, then hands over to the real command.

Standard library only: a fresh checkout needs nothing but Python.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - Python 3.6 and newer can read this file up to here
    sys.exit(f"Xiaoer needs Python 3.11 or newer; this is {sys.version.split()[0]}.")

import os
import subprocess
from typing import NamedTuple

from tools import desk, environment


class Verb(NamedTuple):
    """A word of the command line: `python -m` with these arguments."""

    help: str
    command: str
    alone: str = ""  # added when the caller passes no arguments


# A new verb is one line here.
VERBS = {
    "run": Verb("start Xiaoer", "core.cli run"),
    "build": Verb("build the desk's page, as before an installation", "tools.desk"),
    "test": Verb(
        "run all tests; with arguments, plain pytest",
        "pytest",
        "-n auto --dist loadscope --no-loadscope-reorder",
    ),
    "check": Verb("run all linters, or those named", "tools.check"),
    "bench": Verb("measure everything, or what is named", "bench"),
    "chaos": Verb("kill a real shop for minutes and prove what it kept", "chaos"),
    "fuzz": Verb("throw nonsense at the WeChat door, or (fuzz desk) at the desk", "tests.fuzz"),
    "standin": Verb("play a platform by hand: wechat, wecom", "tests.standins"),
    "train-faq": Verb("learn the FAQ's weights from our own questions", "tools.train_faq"),
    "migrations": Verb("write what changed in the models", "tools.migrations"),
}


def main(argv: list[str]) -> int:
    """Bring the environment up to date and become the command behind the verb."""
    name, *rest = argv or ["help"]
    if name in {"help", "-h", "--help"}:
        print(usage())
        return 0
    if name not in VERBS:
        print(f"There is no '{name}'.\n\n{usage()}", file=sys.stderr)
        return 2
    environment.prepare()
    desk.prepare()
    verb = VERBS[name]
    return hand_over("-m", *verb.command.split(), *(rest or verb.alone.split()))


def hand_over(*arguments: str) -> int:
    """Replace this process, so that Ctrl-C and the exit code are the command's own."""
    os.chdir(environment.ROOT)
    command = [str(environment.PYTHON), *arguments]
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
    return subprocess.call(command)  # Windows has no exec; the child gets Ctrl-C too


def usage() -> str:
    """What the verbs are for."""
    verbs = "\n".join(f"  {name:12}{verb.help}" for name, verb in VERBS.items())
    return f"usage: python3 dev.py VERB [arguments passed on]\n\n{verbs}\n  help        show this"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
