"""The clock of a machine whose time is put forward and back: only the kit's processes have it."""

from __future__ import annotations

import signal
from datetime import datetime, timedelta
from pathlib import Path

from core.clock import SystemClock

FILE = "clock"  # beside the settings: by how many seconds the machine is wrong
PUT = signal.SIGUSR1  # look there again


class WrongClock(SystemClock):
    """As the system's, and so many seconds before or after it; what is measured stays right."""

    def __init__(self, file: Path) -> None:
        """Look at the file now, and whenever we are told to."""
        self._file, self._off = file, timedelta()
        self._look()
        signal.signal(PUT, self._look)

    def now(self) -> datetime:
        """The moment as this machine believes."""
        return super().now() + self._off

    def _look(self, *_signal: object) -> None:
        told = self._file.read_text("ascii") if self._file.exists() else ""
        self._off = timedelta(seconds=float(told or 0))
