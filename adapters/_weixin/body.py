"""The body of a request, never more of it than allowed."""

from __future__ import annotations

from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from adapters._weixin.guard import MAX_BODY
from core.adapter import Refused


async def read_body(request: web.Request) -> bytes:
    """At most :data:`MAX_BODY` bytes, also when they arrive compressed; refuse the rest."""
    if (request.content_length or 0) > MAX_BODY:
        raise Refused("too-large", 413)
    body = bytearray()
    try:
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > MAX_BODY:
                raise Refused("too-large", 413)
    except (web.RequestPayloadError, HttpProcessingError, ClientError):
        raise Refused("broken-body", 400) from None
    return bytes(body)
