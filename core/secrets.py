"""Secrets of this installation: made on first use, kept in one file that only its owner reads."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

FILE = "secrets.json"


class Secrets:
    """Random strings by purpose; ``folder=None`` keeps them in memory (tests)."""

    def __init__(self, folder: Path | None) -> None:
        """Read what is there."""
        self._file = folder / FILE if folder else None
        self._known: dict[str, str] = {}
        if self._file is not None and self._file.exists():
            self._known = json.loads(self._file.read_text(encoding="utf-8"))

    def get(self, purpose: str) -> str:
        """The secret for a purpose, the same after every restart."""
        if purpose not in self._known:
            self._known[purpose] = secrets.token_urlsafe(32)
            self._save()
        return self._known[purpose]

    def _save(self) -> None:
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(".new")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(self._known, out)
        draft.replace(self._file)
