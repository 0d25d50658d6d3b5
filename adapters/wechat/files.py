"""Files that customers sent, fetched when somebody wants to see them ("Get temporary material")."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import quote

from adapters._weixin.client import ApiClient
from adapters._weixin.errors import TROUBLE, ApiError
from adapters.wechat.media import GONE
from core.adapter import Media, NoMedia
from core.parts import AnyPart, Image, Video, Voice
from core.web.fetch import Fetcher, FetchError

_MOST = 20 << 20  # bytes; the largest is a video of 10 MB


@asynccontextmanager
async def fetched(
    part: AnyPart, client: ApiClient | None, fetcher: Fetcher
) -> AsyncGenerator[Media, None]:
    """The file of a part; a picture without our right to the API comes from its address.

    Raises :class:`~core.adapter.NoMedia`, also while it is read.
    """
    if not isinstance(part, Image | Voice | Video):
        raise NoMedia("no-file")
    try:
        if part.media_id and client is not None:
            path = f"/cgi-bin/media/get?media_id={quote(part.media_id, safe='')}"
            async with client.download(path) as found:
                if isinstance(found, Media):
                    yield found
                    return
                address = str(found.get("video_url", ""))  # of a video it says only where it is
        else:
            address = part.url
        if not address:
            raise NoMedia("no-address")
        async with fetcher.open(address, _MOST) as file:
            yield Media("", file.content_type, file.chunks)
    except FetchError as why:
        raise NoMedia(why.reason) from None
    except ApiError as no:
        raise NoMedia("gone" if no.code == GONE else no.reason) from None
    except TROUBLE as trouble:
        raise NoMedia(str(trouble)) from None
