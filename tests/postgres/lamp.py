"""A channel that writes down when it goes on and off, and in which process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar

from core.adapter import Adapter, AdapterSettings, Capabilities, Channel

ADAPTER = f"{__name__}:LampAdapter"


class LampSettings(AdapterSettings):
    """Where to write."""

    log: Path


class LampAdapter(Adapter):
    """Does nothing else."""

    Settings: ClassVar[type[AdapterSettings]] = LampSettings

    def __init__(self, settings: Any, channel: Channel) -> None:
        super().__init__(settings, channel)
        self.capabilities = Capabilities(as_of="2026-11-21")

    async def start(self) -> None:
        self._write("on")

    async def stop(self) -> None:
        self._write("off")

    def _write(self, what: str) -> None:
        log: Path = self.settings.log
        with log.open("a") as file:
            file.write(f"{os.getpid()} {self.channel.name} {what}\n")
