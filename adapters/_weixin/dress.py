"""What WeCom sends by media id: pictures, voices, videos and files, uploaded from their addresses.

Limits: "Upload temporary material" (page 90253). What the platform would not take stays an address,
which is shown as text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeGuard

import msgspec
import structlog

from adapters._weixin.client import ApiClient
from adapters._weixin.corp import CorpSettings
from adapters._weixin.errors import ApiError, NotSentError, UnsureError
from adapters._weixin.kinds import ANY, Limit
from adapters._weixin.shelf import Shelf, UnfitError
from core.adapter import Channel
from core.parts import AnyPart, File, Image, Video, Voice
from core.web.fetch import Fetcher, FetchError

_log = structlog.stdlib.get_logger(__name__)
_MB = 1 << 20
LIMITS: Mapping[str, Limit] = {
    "image": Limit(10 * _MB, frozenset({"image/jpeg", "image/png"})),
    "voice": Limit(2 * _MB, frozenset({"audio/amr"}), 60.0),
    "video": Limit(10 * _MB, frozenset({"video/mp4"})),
    "file": Limit(20 * _MB, ANY),
}
GONE = 40007  # the platform does not know the media id (any more)
_UNWANTED = frozenset({40004, 40005, 40006, 40009, 45001})  # kind or size, whatever we measured
_PATIENCE = 8.0  # seconds; the upload goes on, and its id is there next time


class Dresser:
    """Dresses parts in media ids."""

    def __init__(self, client: ApiClient, channel: Channel, settings: CorpSettings) -> None:
        """Upload nothing yet."""
        self._shelf = Shelf(client, channel, Fetcher(settings.media_hosts), LIMITS)
        self._name = channel.name

    async def dress(self, parts: Sequence[AnyPart]) -> tuple[AnyPart, ...]:
        """The parts with media ids; raises :class:`NotSentError` and :class:`ApiError`."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return tuple([await self._one(part) for part in parts])
        except TimeoutError:
            raise NotSentError("media-slow") from None
        except UnsureError as unsure:  # the upload is unsure, the message was certainly not sent
            raise NotSentError(f"upload-{unsure}") from None

    async def forget(self, parts: Sequence[AnyPart]) -> bool:
        """The platform knows the ids no more; whether any was of our making."""
        ours = [(_use(part), part.url) for part in parts if _bare(part)]
        for use, url in ours:
            await self._shelf.forget(use, url)
        return bool(ours)

    async def close(self) -> None:
        """Break off what is still being uploaded."""
        await self._shelf.close()

    async def _one(self, part: AnyPart) -> AnyPart:
        if not _bare(part):
            return part
        try:
            media = await self._shelf.media_id(_use(part), part.url)
        except (UnfitError, FetchError) as why:
            if isinstance(why, FetchError) and why.passing:
                raise NotSentError(f"media-{why.reason}") from None
            _log.warning("wecom.unfit_file", channel=self._name, reason=why.reason)
            return part
        except ApiError as no:
            if no.code not in _UNWANTED:
                raise
            _log.warning("wecom.unwanted_file", channel=self._name, reason=no.reason)
            return part
        return msgspec.structs.replace(part, media_id=media)


def _bare(part: AnyPart) -> TypeGuard[Image | Voice | Video | File]:
    """Whether there is an address and no id yet."""
    return isinstance(part, Image | Voice | Video | File) and bool(part.url and not part.media_id)


def _use(part: Image | Voice | Video | File) -> str:
    return str(part.__struct_config__.tag)
