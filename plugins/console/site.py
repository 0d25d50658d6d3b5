"""The desk's web site: the API, and the page that ships built."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.resources import as_file, files
from pathlib import Path

from aiohttp import web

from plugins.console.api.public import DOCUMENT
from plugins.console.api.session import ADDRESSES
from plugins.console.ask import Services, locale_of
from plugins.console.gate import handler, refusal
from plugins.console.hub import Hub
from plugins.console.openapi import document
from plugins.console.problems import not_found
from plugins.console.routes import ROUTES
from plugins.console.signin import Addresses
from plugins.console.tail import Tail

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: https:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
FOREVER = "public, max-age=31536000, immutable"  # names below assets/ carry a hash


def site(desk: Services) -> web.Application:
    """Everything below ``/desk``."""
    desk.hub = Hub(desk)
    desk.tail = Tail(desk, desk.hub.told, desk.hub.states)
    app = web.Application()
    app[DOCUMENT] = document(ROUTES)
    window = timedelta(minutes=desk.settings.lock_minutes)
    app[ADDRESSES] = Addresses(desk.settings.address_tries, window)
    for route in ROUTES:
        app.router.add_route(route.method, f"/api{route.path}", handler(route, desk))

    async def unknown(request: web.Request) -> web.Response:
        return refusal(not_found(), desk, request)

    async def page(request: web.Request) -> web.StreamResponse:
        return _page(desk, request)

    app.router.add_route("*", "/api{tail:(/.*)?}", unknown)
    app.router.add_get("", page)
    app.router.add_get("/{tail:.*}", page)
    app.cleanup_ctx.append(_life(desk))
    app.on_shutdown.append(desk.hub.close)
    return app


def _life(desk: Services):  # noqa: ANN202 - what aiohttp calls a cleanup context
    async def life(_app: web.Application) -> AsyncIterator[None]:
        await desk.tail.start()
        yield
        await desk.tail.stop()

    return life


def built() -> Path | None:
    """The folder of the built page; ``None`` before ``dev.py`` has built it."""
    with as_file(files("plugins.console").joinpath("page")) as folder:
        return folder if (folder / "index.html").is_file() else None


def _page(desk: Services, request: web.Request) -> web.StreamResponse:
    folder = built()
    if folder is None:
        words = desk.texts.render("console.not_built", locale_of(request, desk.texts))
        return web.Response(text=words, status=503, headers=HEADERS)
    wanted = (folder / request.match_info.get("tail", "")).resolve()
    if wanted.is_file() and wanted.is_relative_to(folder.resolve()):
        kept = FOREVER if wanted.parent.name == "assets" else "no-cache"
        return web.FileResponse(wanted, headers={**HEADERS, "Cache-Control": kept})
    if wanted.suffix:
        return web.Response(status=404, headers=HEADERS)
    return web.FileResponse(folder / "index.html", headers={**HEADERS, "Cache-Control": "no-cache"})
