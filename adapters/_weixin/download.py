"""Files that people sent through WeCom (``media/get``): fetched when somebody wants them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import quote

from adapters._weixin.client import ApiClient
from adapters._weixin.errors import TROUBLE, ApiError
from core.adapter import Media, NoMedia
from core.parts import AnyPart, File, Image, Video, Voice

_GONE = 40007  # the id is wrong, or older than three days


@asynccontextmanager
async def download(client: ApiClient, part: AnyPart) -> AsyncGenerator[Media]:
    """The file behind ``part``; raises :class:`~core.adapter.NoMedia`."""
    known = isinstance(part, Image | Voice | Video | File)
    media_id = part.media_id if known else ""
    if not media_id:
        raise NoMedia("no-media-here")
    try:
        async with client.download(f"/cgi-bin/media/get?media_id={quote(media_id, safe='')}") as it:
            if not isinstance(it, Media):
                raise NoMedia("no-file")
            yield it
    except ApiError as no:
        raise NoMedia("gone" if no.code == _GONE else str(no.code)) from None
    except TROUBLE as trouble:
        raise NoMedia(str(trouble)) from None
