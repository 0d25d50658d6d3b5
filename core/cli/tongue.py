"""The language of the command line: that of the person at the terminal, not the shop's."""

from __future__ import annotations

import os
from functools import cache
from importlib.resources.abc import Traversable
from zoneinfo import ZoneInfo

from core.texts import LOCALES, Texts, bundled

VARIABLES = ("XIAOER_LANG", "LC_ALL", "LANG")


@cache
def locale() -> str:
    """``en`` where ``XIAOER_LANG`` or the system says so, Chinese everywhere else."""
    wanted = next((value for name in VARIABLES if (value := os.environ.get(name))), "")
    return "en" if wanted.lower().startswith("en") else LOCALES[0]


@cache
def texts() -> Texts:
    """The sentences that ship, and those of the plugins that :func:`learn` was told of."""
    return Texts([bundled()], ZoneInfo("Asia/Shanghai"), locale())


def learn(folder: Traversable) -> None:
    """Read a plugin's own ``locales/`` too."""
    texts().add(folder)


def say(key: str, /, **values: object) -> str:
    """The sentence ``key`` (``"<domain>.<name>"``) in the language of the terminal.

    For help texts at import as well: ``typer.Option(help=say("orders.cli.import.file"))``.
    """
    return texts().render(key, locale(), **values)
