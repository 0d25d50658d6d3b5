"""Shared by plugins' commands: what keeps a file from being imported, told in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from core.cli.problems import Refusal
from core.cli.tongue import locale, texts
from core.wrong import line
from plugins.imports import BrokenFile

T = TypeVar("T")


def read_or_refuse(read: Callable[[Path], T], path: Path, domain: str) -> T:
    """What ``read`` makes of the file; else a refusal in the sentences of ``domain``."""
    try:
        return read(path)
    except BrokenFile as error:
        told = [f"{path.name}:{at}: {line(one, texts(), locale())}" for at, one in error.problems]
        count, lines = len(told), "\n".join(told)
        raise Refusal(f"{domain}.cli.broken", count=count, problems=lines) from error
    except OSError as error:
        raise Refusal(f"{domain}.cli.unreadable", file=str(path), reason=error.strerror) from error
