"""Pictures, voices and videos on their way out: every address becomes a media id first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import structlog

from adapters._weixin.errors import ApiError
from adapters._weixin.kinds import Limit
from adapters._weixin.shelf import Shelf, UnfitError
from core.parts import AnyPart, Card, Image, Video, Voice

_log = structlog.stdlib.get_logger(__name__)
_MB = 1 << 20
# "Upload temporary material". For images the page says 10 MB and in its notes 2 MB: the smaller
# one is safe. A longer voice would be refused after its upload (45007).
LIMITS: Mapping[str, Limit] = {
    "image": Limit(2 * _MB, frozenset({"image/jpeg", "image/png", "image/gif"})),
    "voice": Limit(2 * _MB, frozenset({"audio/amr", "audio/mpeg"}), 60.0),
    "video": Limit(10 * _MB, frozenset({"video/mp4"})),
    "thumb": Limit(64 * 1024, frozenset({"image/jpeg"})),
}
GONE = 40007  # the platform does not know the media id (any more)
# The account may not upload, or the platform does not like the file: an address is better than
# nothing. 40004 and 40005 kind, 40006 and 45001 size, 40009 picture, 48001 no right.
_UNWANTED = frozenset({40004, 40005, 40006, 40009, 45001, 48001})
Sources = Mapping[str, tuple[str, str | Path]]  # media id: what it was made of


class Wardrobe:
    """Dresses parts in media ids. ``cover``: a picture for cards and videos that bring none."""

    def __init__(self, shelf: Shelf, cover: Path | None) -> None:
        """Upload nothing yet."""
        self._shelf, self._cover = shelf, cover

    async def dress(self, parts: Sequence[AnyPart]) -> tuple[tuple[AnyPart, ...], Sources]:
        """The parts with media ids, and what these were made of.

        A file that the platform would not take stays an address, which is shown as text. Raises
        :class:`~core.web.fetch.FetchError` for one that cannot be had, and what a call raises.
        """
        made: dict[str, tuple[str, str | Path]] = {}
        dressed = [await self._one(part, made) for part in parts]
        return tuple(dressed), made

    async def close(self) -> None:
        """Break off what is still being uploaded."""
        await self._shelf.close()

    async def forget(self, sources: Sources) -> None:
        """The platform knows none of these ids any more."""
        for use, source in sources.values():
            await self._shelf.forget(use, source)

    async def _one(self, part: AnyPart, made: dict[str, tuple[str, str | Path]]) -> AnyPart:
        match part:
            case Image(media_id="", url=url) if url:
                found = {"media_id": await self._id(made, "image", url)}
            case Voice(media_id="", url=url) if url:
                found = {"media_id": await self._id(made, "voice", url)}
            case Video(media_id=media, url=url, thumb_id=thumb) if media or url:
                media = media or await self._id(made, "video", url)
                found = {"media_id": media, "thumb_id": thumb or await self._still(made)}
            case Card(kind="miniprogram", data=data) if not data.get("picture_id"):
                picture = str(data.get("picture", ""))
                thumb = await self._id(made, "thumb", picture) if picture else ""
                found = {"data": {**data, "picture_id": thumb or await self._still(made)}}
            case _:
                return part
        return msgspec.structs.replace(part, **found)

    async def _still(self, made: dict[str, tuple[str, str | Path]]) -> str:
        return await self._id(made, "thumb", self._cover) if self._cover else ""

    async def _id(
        self, made: dict[str, tuple[str, str | Path]], use: str, source: str | Path
    ) -> str:
        try:
            media = await self._shelf.media_id(use, source)
        except (UnfitError, OSError) as unfit:
            _log.warning("wechat.unfit_file", use=use, reason=str(unfit))
            return ""
        except ApiError as no:
            if no.code not in _UNWANTED:
                raise
            _log.warning("wechat.unwanted_file", use=use, reason=no.reason)
            return ""
        made[media] = use, source
        return media
