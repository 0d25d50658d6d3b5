"""The replay adapter: a file of comments as a live room. Answers go to the live board."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from adapters.replay.player import Player
from adapters.replay.recording import Recording, RecordingError
from adapters.replay.settings import ReplaySettings
from core.adapter import Adapter, Capabilities, Channel, Finding

_AGAIN_AFTER = 5.0  # seconds
log = structlog.stdlib.get_logger(__name__)


class ReplayAdapter(Adapter):
    """One recording, one room."""

    Settings = ReplaySettings
    capabilities = Capabilities(as_of="2026-11-21", push=False)

    def __init__(self, settings: ReplaySettings, channel: Channel) -> None:
        """Keep both; the file is opened by :meth:`start`."""
        super().__init__(settings, channel)
        self._recording = Recording(settings.file)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to play. Raises :class:`RecordingError`, which names the path and the line."""
        self._recording.open()
        self._task = asyncio.create_task(self._play(), name=f"replay:{self.channel.name}")

    async def stop(self) -> None:
        """Stop between two batches."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._recording.close()

    async def check(self) -> Sequence[Finding]:
        """Whether the file is there and holds comments."""
        recording = Recording(self.settings.file)
        try:
            recording.open()
        except RecordingError as error:
            values = {"reason": str(error)}
            return [Finding(ok=False, key="replay.doctor.unplayable", values=values)]
        finally:
            recording.close()
        return [Finding(ok=True, key="replay.doctor.playable", values={"file": recording.source})]

    async def _play(self) -> None:
        player = Player(self._recording, self.settings, self.channel)
        while True:
            try:
                await player.play()
                return log.info("replay.ended", channel=self.channel.name)
            except Exception:  # the file or the ledger went away: the bookmark says where to go on
                log.exception("replay.interrupted", channel=self.channel.name)
            await self.channel.clock.sleep(_AGAIN_AFTER)
