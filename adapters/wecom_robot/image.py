"""A picture for the group: fetched from its address, since the robot wants the bytes."""

import base64
import hashlib

import aiohttp

from adapters.wecom_robot.wire import Body, UnfitError
from core.parts import Image

MAX_IMAGE = 2 * 1024 * 1024  # bytes before encoding; page 99110
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class UnreachableError(Exception):
    """The picture could not be fetched now; later it may be."""


async def image_body(session: aiohttp.ClientSession, image: Image) -> Body:
    """The call's body for a picture.

    Raises :class:`UnreachableError` when its server does not answer, and
    :class:`~adapters.wecom_robot.wire.UnfitError` when it is no JPG or PNG up to 2 MiB.
    """
    if not image.url.startswith(("http://", "https://")):
        raise UnfitError("image-without-address")
    data = await _fetch(session, image.url)
    if len(data) > MAX_IMAGE:
        raise UnfitError("image-too-big")
    if not data.startswith(MAGIC):
        raise UnfitError("image-type")
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()  # the platform's checksum
    return {
        "msgtype": "image",
        "image": {"base64": base64.b64encode(data).decode(), "md5": digest},
    }


async def _fetch(session: aiohttp.ClientSession, url: str) -> bytes:
    """At most one byte more than allowed, whatever the server would send."""
    data = bytearray()
    try:
        async with session.get(url) as response:
            if response.status >= 500:
                raise UnreachableError
            if response.status != 200:
                raise UnfitError(f"image-{response.status}")
            async for chunk in response.content.iter_chunked(65536):
                data += chunk
                if len(data) > MAX_IMAGE:
                    break
    except aiohttp.InvalidURL as error:
        raise UnfitError("image-without-address") from error
    except (TimeoutError, aiohttp.ClientError) as error:
        raise UnreachableError from error
    return bytes(data)
