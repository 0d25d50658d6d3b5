"""The waiting room: answers on the shop's port while the shop itself cannot open yet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from core.settings import ServerSettings
from core.store.database import DatabaseAwayError

log = structlog.get_logger(__name__)
LOOK = 0.5  # seconds between two attempts to open
AGAIN = "5"  # seconds after which a platform may try again


class WaitingRoom:
    """Alive (``/healthz``), not ready, and why (``/readyz``); whoever brings something is sent off.

    A refused delivery (503) comes again: platforms repeat what nobody has acknowledged.
    """

    def __init__(self, settings: ServerSettings) -> None:
        """Closed until :meth:`open`."""
        self._settings, self._reason = settings, ""
        self._runner: web.AppRunner | None = None

    async def open(self, reason: str) -> None:
        """Say from now on why the shop is closed; raises :class:`OSError` for a port in use."""
        self._reason = reason
        if self._runner is not None:
            return
        app = web.Application()
        app.router.add_get("/healthz", self._health)
        app.router.add_route("*", "/{tail:.*}", self._closed)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._settings.host, self._settings.port).start()

    async def close(self) -> None:
        """Make room for the shop's own server."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _closed(self, request: web.Request) -> web.Response:
        reason = self._reason if request.path == "/readyz" else "closed"
        told = {"status": "not-ready", "reason": reason}
        return web.json_response(told, status=503, headers={"Retry-After": AGAIN})


async def open_when_possible(
    open_: Callable[[], Awaitable[None]], settings: ServerSettings
) -> None:
    """Open the shop; while the database server is away, wait for it, and say so."""
    room, told = WaitingRoom(settings), ""
    try:
        while True:
            try:
                await open_()
            except DatabaseAwayError as error:
                if told != str(error):
                    told = str(error)
                    log.warning("house.waits", reason=told)
                await room.open(told)
            else:
                return
            await asyncio.sleep(LOOK)
    finally:
        await room.close()
