"""The picture that the platform wants beside every link: uploaded once, and before it dies."""

from __future__ import annotations

import asyncio
import mimetypes
from pathlib import Path

from adapters._weixin.client import ApiClient
from adapters._weixin.transport import Upload
from core.clock import Clock

_LIVES = 2.5 * 24 * 3600.0  # seconds; the platform keeps it three days ("media/upload")


class Picture:
    """A file of the shop, and the media id it has at the moment."""

    def __init__(self, file: Path, client: ApiClient, clock: Clock) -> None:
        """Read and upload nothing yet."""
        self._file, self._client, self._clock = file, client, clock
        self._one = asyncio.Lock()
        self._media, self._dies = "", 0.0

    async def media_id(self) -> str:
        """The id; raises what a call raises, and :class:`OSError` for a file that is gone."""
        async with self._one:
            if self._clock.monotonic() >= self._dies or not self._media:
                await self._upload()
            return self._media

    async def _upload(self) -> None:
        data = await asyncio.to_thread(self._file.read_bytes)
        kind = mimetypes.guess_type(self._file.name)[0] or "image/png"
        upload = Upload(self._file.name, data, kind)
        answer = await self._client.call("/cgi-bin/media/upload?type=image", upload)
        self._media = str(answer.get("media_id", ""))
        self._dies = self._clock.monotonic() + _LIVES
