"""Who asks, and over which scheme, where proxies stand in front."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from aiohttp import web
from aiohttp.typedefs import Middleware

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


def behind(proxies: int) -> Middleware:
    """Believe so many proxies about ``remote`` and ``scheme``; nobody who comes from outside."""

    @web.middleware
    async def told(request: web.Request, handler: Handle) -> web.StreamResponse:
        if not near(request.remote or ""):
            return await handler(request)
        scheme = from_end(request, "X-Forwarded-Proto", proxies)
        seen = request.clone(
            scheme=scheme if scheme in {"http", "https"} else request.scheme,
            remote=from_end(request, "X-Forwarded-For", proxies) or request.remote or "",
        )
        return await handler(seen)

    return told


def near(peer: str) -> bool:
    """Whether a proxy of the shop's own may be there: on this machine or in a private network.

    Anything but a public address: some load balancers ask from 100.64.0.0/10 (RFC 6598).
    """
    try:
        return not ip_address(peer).is_global
    except ValueError:
        return False


def from_end(request: web.BaseRequest, header: str, proxies: int) -> str:
    """What the outermost of our proxies wrote; empty where the header is not there.

    Each adds what it sees at the end, so all that stands before is the client's own word.
    """
    lines = ",".join(request.headers.getall(header, ()))
    told = [one.strip() for one in lines.split(",") if one.strip()]
    return told[-min(proxies, len(told))] if told else ""
