"""Files on the platform's side: uploaded when they are needed, remembered until they go bad.

A file is fetched (see :mod:`core.web.fetch`), checked against the platform's table, handed over
from disk piece by piece, and its media id kept in the channel's notes, so that a restart or the
next customer uploads nothing again.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from adapters._weixin.client import ApiClient
from adapters._weixin.duration import seconds
from adapters._weixin.kinds import ENDINGS, HEAD, Limit, kind_of
from adapters._weixin.transport import Upload
from core.adapter import Channel
from core.web.fetch import Fetcher, FetchError

_UNKNOWN = "application/octet-stream"
SMALLEST = 6  # bytes: "more than 5" (media/upload of WeCom)
LIVES = 2.5 * 24 * 3600.0  # seconds; the platform keeps a file three days ("media/upload")


class UnfitError(Exception):
    """The platform would not take this file; ``reason`` is a word such as ``too-large``."""

    def __init__(self, reason: str) -> None:
        """In a word."""
        super().__init__(reason)
        self.reason = reason


class Shelf:
    """The media ids of one account, by where the files come from."""

    def __init__(
        self, client: ApiClient, channel: Channel, fetcher: Fetcher, limits: Mapping[str, Limit]
    ) -> None:
        """``limits`` by the platform's word for the use (``image``, ``thumb``, ...)."""
        self._client, self._channel = client, channel
        self._fetcher, self._limits = fetcher, limits
        self._flights: dict[str, asyncio.Task[str]] = {}

    async def media_id(self, use: str, source: str | Path) -> str:
        """The id of the file at an address or on our disk, uploaded once however many need it.

        Who cannot wait may leave: the upload goes on, and its id is there next time.

        Raises :class:`~core.web.fetch.FetchError`, :class:`UnfitError`, :class:`OSError` and what
        a call raises; nothing but the upload has happened then.
        """
        note = _note(use, source)
        flight = self._flights.get(note)
        if flight is None:
            flight = self._flights[note] = asyncio.create_task(self._found(note, use, source))
            flight.add_done_callback(lambda done: self._landed(note, done))
        return await asyncio.shield(flight)

    async def close(self) -> None:
        """Break off what is still being uploaded."""
        flights = tuple(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    async def forget(self, use: str, source: str | Path) -> None:
        """The platform does not know the id any more."""
        await self._channel.remember(_note(use, source), "")

    def _landed(self, note: str, flight: asyncio.Task[str]) -> None:
        self._flights.pop(note, None)
        if not flight.cancelled():
            flight.exception()  # seen, even if everybody has left

    async def _found(self, note: str, use: str, source: str | Path) -> str:
        return await self._kept(note) or await self._fetched(note, use, source)

    async def _kept(self, note: str) -> str:
        media, _, dies = (await self._channel.recall(note)).rpartition(" ")
        return media if media and float(dies) > self._channel.clock.now().timestamp() else ""

    async def _fetched(self, note: str, use: str, source: str | Path) -> str:
        if isinstance(source, Path):
            return await self._upload(note, use, source)
        with tempfile.NamedTemporaryFile() as file:
            try:
                async with self._fetcher.open(source, self._limits[use].size) as found:
                    async for chunk in found.chunks:
                        file.write(chunk)
            except FetchError as why:
                if why.reason == "too-large":
                    raise UnfitError(why.reason) from None
                raise
            file.flush()
            name = "" if self._limits[use].kinds else _name(source)
            return await self._upload(note, use, Path(file.name), name)

    async def _upload(self, note: str, use: str, file: Path, name: str = "") -> str:
        kind = await asyncio.to_thread(_fitting, file, self._limits[use])
        upload = Upload(name or f"{use}.{ENDINGS[kind]}", file, kind or _UNKNOWN)
        answer = await self._client.call(f"/cgi-bin/media/upload?type={use}", upload)
        # The platform names the id of a thumb after its use.
        media = str(answer.get("media_id") or answer.get(f"{use}_media_id") or "")
        dies = self._channel.clock.now().timestamp() + LIVES
        await self._channel.remember(note, f"{media} {dies:.0f}")
        return media


def _fitting(file: Path, limit: Limit) -> str:
    """What the file is; raises :class:`UnfitError` unless it may be uploaded for this use."""
    if not SMALLEST <= (size := file.stat().st_size) <= limit.size:
        raise UnfitError("too-large" if size > limit.size else "too-small")
    with file.open("rb") as opened:
        kind = kind_of(opened.read(HEAD))
    if limit.kinds and kind not in limit.kinds:
        raise UnfitError("wrong-kind")
    if limit.seconds is not None:
        lasts = seconds(file)
        if lasts is None or lasts > limit.seconds:
            raise UnfitError("no-length" if lasts is None else "too-long")
    return kind


def _note(use: str, source: str | Path) -> str:
    return f"media:{use}:{hashlib.sha256(str(source).encode()).hexdigest()[:40]}"


def _name(url: str) -> str:
    """What a file of any kind is called: people see it."""
    return unquote(PurePosixPath(urlsplit(url).path).name)[:100] or "file"
