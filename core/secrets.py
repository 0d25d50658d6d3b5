"""Secrets of this installation: made on first use, kept in one file that only its owner reads."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from filelock import FileLock

FILE = "secrets.json"


class Secrets:
    """Random strings by purpose; ``folder=None`` keeps them in memory (tests)."""

    def __init__(self, folder: Path | None) -> None:
        """Read what is there."""
        self._file = folder / FILE if folder else None
        self._known = self._read()

    def get(self, purpose: str) -> str:
        """The secret for a purpose, the same after every restart."""
        if purpose not in self._known:
            self._make(purpose)
        return self._known[purpose]

    def _make(self, purpose: str) -> None:
        """Another process of the shop may be doing the same: the first one's word counts."""
        if self._file is None:
            self._known[purpose] = secrets.token_urlsafe(32)
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self._file}.lock"):
            known = self._read()
            if purpose not in known:
                known[purpose] = secrets.token_urlsafe(32)
                self._save(self._file, known)
            self._known = known

    def _read(self) -> dict[str, str]:
        if self._file is None or not self._file.exists():
            return {}
        known: dict[str, str] = json.loads(self._file.read_text(encoding="utf-8"))
        return known

    @staticmethod
    def _save(file: Path, known: dict[str, str]) -> None:
        draft = file.with_suffix(".new")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(known, out)
        draft.replace(file)
