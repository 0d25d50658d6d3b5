"""Pictures, videos and files of messages: by handle when they come, by upload when they go."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from adapters.ilink.client import Client, NotSentError
from adapters.ilink.vault import MOST, Handle, Vault, fresh_key, key_of, sealed
from core.adapter import Media, NoMedia
from core.parts import AnyPart, File, Image, Video, Voice
from core.web.fetch import Fetcher

_UPLOADED = {Image: 1, Video: 2, File: 3}  # media_type of getuploadurl
_UNKNOWN = "application/octet-stream"
_TYPES = {"image": "image/jpeg", "video": "video/mp4", "voice": "audio/silk"}


class _Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """A handle inside a part's ``media_id``."""

    p: str
    k: str
    u: str = ""


def media_id(media: object, own_key: object = "") -> str:
    """What leads to the file of an item; empty where nothing does. ``own_key``: of pictures."""
    if not isinstance(media, dict):
        return ""
    found = msgspec.convert(media, dict[str, Any])
    param, url = (found.get(name) for name in ("encrypt_query_param", "full_url"))
    words = [word for word in (own_key, found.get("aes_key")) if isinstance(word, str) and word]
    key = key_of(words[0]) if words else None
    if key is None or not (isinstance(param, str) or isinstance(url, str)):
        return ""
    kept = _Kept(str(param or ""), key.hex(), str(url or ""))
    return base64.urlsafe_b64encode(msgspec.json.encode(kept)).decode()


@asynccontextmanager
async def download(part: AnyPart, vault: Vault) -> AsyncGenerator[Media]:
    """The file of a part; raises :class:`~core.adapter.NoMedia`."""
    if not isinstance(part, Image | Video | Voice | File) or not part.media_id:
        raise NoMedia("no-media-here")
    try:
        kept = msgspec.json.decode(base64.urlsafe_b64decode(part.media_id), type=_Kept)
        data = await vault.fetch(Handle(kept.p, bytes.fromhex(kept.k), kept.u))
    except (ValueError, msgspec.DecodeError):
        raise NoMedia("no-media-here") from None
    except NotSentError as why:
        raise NoMedia(str(why)) from None
    name = part.name if isinstance(part, File) else ""
    yield Media(name, _TYPES.get(str(part.__struct_config__.tag), _UNKNOWN), _once(data))


async def item_of(
    part: Image | Video | File, who: str, client: Client, vault: Vault, fetcher: Fetcher
) -> dict[str, Any]:
    """Fetch the file from its address, hand it over, and say so as an item of a message.

    Raises :class:`~core.web.fetch.FetchError` and what a call raises; nothing was sent then.
    """
    async with fetcher.open(part.url, MOST) as found:
        data = b"".join([piece async for piece in found.chunks])
    key, digest = fresh_key(), hashlib.md5(data, usedforsecurity=False).hexdigest()
    locked = sealed(data, key)
    asked: dict[str, Any] = {
        "filekey": secrets.token_hex(16),
        "media_type": _UPLOADED[type(part)],
        "to_user_id": who,
        "rawsize": len(data),
        "rawfilemd5": digest,
        "filesize": len(locked),
        "no_need_thumb": True,
        "aeskey": key.hex(),
    }
    place = await client.post("ilink/bot/getuploadurl", asked)
    address, param = (str(place.get(name) or "") for name in ("upload_full_url", "upload_param"))
    handle = await vault.store(address, param, asked["filekey"], locked)
    words = base64.b64encode(key.hex().encode()).decode()
    media = {"encrypt_query_param": handle, "aes_key": words, "encrypt_type": 1}
    match part:
        case Image():
            return {"type": 2, "image_item": {"media": media, "mid_size": len(locked)}}
        case Video():
            return {"type": 5, "video_item": {"media": media, "video_size": len(locked)}}
        case File():
            about = {"file_name": part.name or _name(part.url), "md5": digest}
            return {"type": 4, "file_item": {"media": media, **about, "len": str(len(data))}}


def _name(url: str) -> str:
    return unquote(PurePosixPath(urlsplit(url).path).name) or "file"


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
