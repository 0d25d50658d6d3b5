"""A platform kept in files, so that it outlives the process that is killed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any, ClassVar

from core.adapter import Adapter, AdapterSettings, Capabilities, Channel, Receipt
from core.message import Inbound, Outbound, Sender
from core.parts import Text

CONVERSATIONS = 12
BATCH = 5


class LineSettings(AdapterSettings):
    """``folder`` keeps what the platform knows; it delivers ``count`` messages in all."""

    folder: Path
    count: int


class LineAdapter(Adapter):
    """Delivers until it is acknowledged, and writes down whatever it is given to show."""

    Settings: ClassVar[type[AdapterSettings]] = LineSettings
    capabilities = Capabilities(as_of="2026-11-21")

    def __init__(self, settings: Any, channel: Channel) -> None:
        super().__init__(settings, channel)
        self._own: LineSettings = settings
        self._feeding: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._feeding = asyncio.create_task(self._feed())

    async def stop(self) -> None:
        if self._feeding is not None:
            self._feeding.cancel()
            await asyncio.gather(self._feeding, return_exceptions=True)

    async def send(self, message: Outbound) -> Receipt:
        await asyncio.sleep(0)  # a moment in which one may be killed
        note(self._own.folder / "shown", f"{message.key} {message.text}")
        await asyncio.sleep(0)
        return Receipt.accepted()

    async def _feed(self) -> None:
        acknowledged = lines(self._own.folder / "acknowledged")
        first = int(acknowledged[-1]) if acknowledged else 0
        for number in range(first, self._own.count, BATCH):
            batch = range(number, min(number + BATCH, self._own.count))
            await self.channel.accept([self._message(n) for n in batch])
            note(self._own.folder / "acknowledged", str(number + BATCH))

    def _message(self, number: int) -> Inbound:
        who = f"c{number % CONVERSATIONS}"
        now = self.channel.clock.now()
        return Inbound(f"k{number}", who, Sender(who), (Text(f"say {number}"),), now)


def note(file: Path, line: str) -> None:
    """Append a line at once: a killed process keeps what it wrote, never half a line."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(handle, f"{line}\n".encode())
    finally:
        os.close(handle)


def lines(file: Path) -> list[str]:
    """The lines written so far."""
    return file.read_text("utf-8").splitlines() if file.exists() else []
