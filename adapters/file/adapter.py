"""A channel that writes to a file: group posts of a demo, or an audit copy of what was sent.

One JSON object a line: ``key at conversation kind text mention parts``. A line is synced to disk
before the message counts as accepted, and no key is written twice, also over restarts.
"""

import asyncio
import errno
import json
import os
from collections.abc import Sequence
from io import FileIO
from pathlib import Path
from typing import Any, cast

from adapters.file.settings import FileSettings
from core.adapter import Adapter, Capabilities, Channel, Finding, Outcome, Receipt
from core.message import Outbound
from core.parts import as_text, dump


class FileAdapter(Adapter):
    """Appends; reads only its own keys, at the start."""

    Settings = FileSettings
    capabilities = Capabilities(
        as_of="2026-11-21",
        parts=frozenset({"text", "image", "file", "link", "card", "menu", "location"}),
        max_text=1_000_000,
        caller_id=True,
        receipt=Outcome.DELIVERED,
    )
    settings: FileSettings

    def __init__(self, settings: FileSettings, channel: Channel) -> None:
        """Open nothing yet."""
        super().__init__(settings, channel)
        self._written: set[str] = set()
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Make the folder and learn which keys are there already."""
        self._written = await asyncio.to_thread(_prepare, self.settings.path)

    async def send(self, message: Outbound) -> Receipt:
        """Append the message unless its key is there; a full or missing disk asks to try again."""
        async with self._turn:
            if message.key in self._written:
                return Receipt(Outcome.DELIVERED, platform_id=message.key)
            line = _line(message, self.channel.clock.now().isoformat())
            try:
                await asyncio.to_thread(_append, self.settings.path, line)
            except OSError as error:
                return Receipt(Outcome.RETRY, error.strerror or type(error).__name__)
            self._written.add(message.key)
        return Receipt(Outcome.DELIVERED, platform_id=message.key)

    async def check(self) -> Sequence[Finding]:
        """Whether the file can be written."""
        folder = self.settings.path.absolute().parent
        while not folder.exists():
            folder = folder.parent
        place = self.settings.path if self.settings.path.exists() else folder
        return (Finding(os.access(place, os.W_OK), "file.check", {"path": self.settings.path}),)


def _line(message: Outbound, at: str) -> bytes:
    words = (as_text(part) for part in message.parts)
    entry = {
        "key": message.key,
        "at": at,
        "conversation": message.conversation,
        "kind": message.kind,
        "text": "\n".join(word for word in words if word),
        "mention": message.mention,
        "parts": json.loads(dump(message.parts)),
    }
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"


def _prepare(path: Path) -> set[str]:
    """Keys of the whole lines; a last line torn by a crash is cut off, as it was never accepted."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        return set()
    keys: set[str] = set()
    whole = 0
    with path.open("r+b") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            if key := _key(line):
                keys.add(key)
        file.truncate(whole)
    return keys


def _key(line: bytes) -> str:
    """The key of a line; somebody's own note in the file has none."""
    try:
        entry: object = json.loads(line)
    except ValueError:
        return ""
    return str(cast("dict[str, Any]", entry).get("key", "")) if isinstance(entry, dict) else ""


def _append(path: Path, line: bytes) -> None:
    """Write and sync the line; what was written of it before an error is taken back."""
    with path.open("ab", buffering=0) as file:  # a buffer would be written again on closing
        before = file.seek(0, os.SEEK_END)
        try:
            _write_all(file, line)
            os.fsync(file.fileno())
        except OSError:
            os.ftruncate(file.fileno(), before)
            raise


def _write_all(file: FileIO, line: bytes) -> None:
    """Write the whole line; a disk that takes only half of it is full."""
    if file.write(line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
