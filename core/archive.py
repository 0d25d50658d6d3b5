"""The archive: what is older than the shop keeps at hand moves from the ledger into files.

``[retention] days`` says how long; 0 keeps everything for ever. A slice of rows is written to a
compressed file of JSON lines and forced to disk, and only then deleted, a slice at a time between
everybody else's commits. Killed in between, a slice is in two files and nothing is lost. People,
conversations and whatever still needs somebody (failed, unknown, waiting) stay.
"""

from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import structlog

from core.clock import Clock
from core.contacts.archives import alone
from core.rounds import Rounds
from core.store import retention
from core.store.retention import Source
from core.store.session import Session
from core.store.writer import Writer

log = structlog.get_logger(__name__)
EVERY = timedelta(days=1).total_seconds()
BREATH = 0.02  # real seconds between two slices


class Archive:
    """Sweeps once a day while the shop runs; ``xiaoer archive`` does it by hand."""

    def __init__(
        self, writer: Writer, clock: Clock, folder: Path, days: int, session: Session | None
    ) -> None:
        """``folder`` is made when it is needed; ``session``: of several processes one sweeps."""
        self._writer, self._clock, self._days = writer, clock, days
        self._folder, self._session = folder, session
        self._rounds = Rounds("archive", clock, pause=self._pause, work=self._round)

    def start(self) -> None:
        """Begin, where old rows are to go at all."""
        if self._days:
            self._rounds.start()

    async def stop(self) -> None:
        """End between two slices."""
        await self._rounds.stop()

    async def sweep(self, days: int) -> dict[str, int]:
        """Move everything older; how many rows of each table went."""
        before = self._clock.now() - timedelta(days=days)
        name = f"{self._clock.now():%Y%m%d-%H%M%S}-{os.getpid()}"
        moved = {s.name: await self._move(s, before, name) for s in retention.SOURCES}
        if any(moved.values()):
            log.info("archive.swept", before=before.isoformat(), **moved)
        return moved

    async def _move(self, source: Source, before: datetime, name: str) -> int:
        file, after, moved = self._folder / f"{source.name}-{name}.jsonl.gz", 0, 0
        while True:
            found = await self._writer.look(partial(retention.read, source, after, before))
            if found.rows:
                async with alone(self._folder):  # nobody is erased between reading and writing
                    found = await self._writer.look(partial(retention.read, source, after, before))
                    moved += await self._take(source, file, found.rows)
            if found.end:
                return moved
            after = found.last
            await asyncio.sleep(BREATH)

    async def _take(self, source: Source, file: Path, rows: Sequence[dict[str, Any]]) -> int:
        if not rows:
            return 0
        await asyncio.to_thread(_append, file, rows)
        gone = partial(retention.delete, source, [row["id"] for row in rows])
        return await self._writer.run(gone, patient=True)

    async def _pause(self) -> float:
        return EVERY

    async def _round(self) -> None:
        if self._session is not None:
            await self._session.lead("archive")
        try:
            await self.sweep(self._days)
        finally:
            if self._session is not None:
                await self._session.resign("archive")


def _append(file: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write lines behind those that are there, and see them on the disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = b"".join(orjson.dumps(row, default=str) + b"\n" for row in rows)
    with file.open("ab") as out:
        out.write(gzip.compress(lines))
        out.flush()
        os.fsync(out.fileno())
