"""The demo's key to the desk: made once, kept in a file that only its owner may read."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from plugins.console.face import first_account

LOGIN = "demo"
FILE = "desk-login.json"


class DeskKey(NamedTuple):
    """What is typed at the desk's door."""

    login: str
    password: str


async def cut(data: Path, name: str, now: datetime) -> None:
    """Make the account and write its password down, where there is no account yet."""
    if password := await first_account(LOGIN, name, now):
        path = data / FILE
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"login": LOGIN, "password": password}, file)


def read(data: Path) -> DeskKey | None:
    """The key as it was cut; none where somebody has put it away."""
    path = data / FILE
    return DeskKey(**json.loads(path.read_text("utf-8"))) if path.exists() else None
