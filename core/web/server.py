"""One aiohttp server for everything: hooks, chat pages, health, metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from prometheus_client import generate_latest

from core.adapter import Refused
from core.channels import Lines
from core.metrics import Metrics
from core.settings import Problem, ServerSettings
from core.web.hooks import Hooks
from core.web.proxy import behind

log = structlog.get_logger(__name__)
Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]
Ready = Callable[[], Awaitable[str]]
Measure = Callable[[], Awaitable[None]]


class ServerError(Exception):
    """The server cannot listen; a :class:`~core.settings.Problem` says why and what to do."""


class Server:
    """Listens between :meth:`start` and :meth:`stop`."""

    def __init__(
        self,
        *,
        settings: ServerSettings,
        hooks: Hooks,
        lines: Lines,
        metrics: Metrics,
        ready: Ready,
        measure: Measure,
    ) -> None:
        """``ready`` returns an empty string, or why the house is not ready.

        ``measure`` brings gauges up to date before they are shown.
        """
        self._settings, self._lines, self._metrics, self._ready = settings, lines, metrics, ready
        self._measure = measure
        proxies = settings.trust_proxy
        middlewares = [behind(proxies), _guard] if proxies else [_guard]
        self.app = web.Application(client_max_size=settings.max_body, middlewares=middlewares)
        self.app.router.add_route("*", "/hooks/{channel}", hooks.handle)
        self.app.router.add_route("*", "/chat/{channel}", self._serve)
        self.app.router.add_route("*", "/chat/{channel}/{tail:.*}", self._serve)
        self.app.router.add_get("/healthz", self._health)
        self.app.router.add_get("/readyz", self._readiness)
        self.app.router.add_get("/metrics", self._numbers)
        self._runner: web.AppRunner | None = None
        self.port = settings.port

    def mount(self, prefix: str, site: web.Application) -> None:
        """Serve a plugin's own site below ``prefix``; before :meth:`start`."""
        self.app.add_subapp(prefix, site)

    async def start(self) -> None:
        """Listen; raises :class:`ServerError` when the port is taken."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._settings.host, self._settings.port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            self._runner = None
            place = f"{self._settings.host}:{self._settings.port}"
            words = (
                f"cannot listen on {place}: {error.strerror}. Another program may use the port; "
                "set another one with [server] port or XIAOER__SERVER__PORT."
            )
            problem = Problem.of("", "port_taken", words, place=place, error=error.strerror)
            raise ServerError(problem) from error
        addresses = self._runner.addresses
        self.port = int(addresses[0][1]) if addresses else self._settings.port

    async def stop(self) -> None:
        """Finish requests under way (up to 2 s) and close."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        """Where the house is reached on this machine."""
        host = "127.0.0.1" if self._settings.host in {"0.0.0.0", "::"} else self._settings.host  # noqa: S104
        return f"http://{host}:{self.port}"

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        line = self._lines.get(request.match_info["channel"])
        if line is None or not line.started:
            raise web.HTTPNotFound
        try:
            return await line.adapter.serve(request)
        except Refused as refused:
            line.refuse(refused.reason)
            return web.Response(status=refused.status)

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _readiness(self, _request: web.Request) -> web.Response:
        reason = await self._ready()
        if reason:
            return web.json_response({"status": "not-ready", "reason": reason}, status=503)
        return web.json_response({"status": "ready"})

    async def _numbers(self, _request: web.Request) -> web.Response:
        await self._measure()
        return web.Response(
            body=generate_latest(self._metrics.registry), content_type="text/plain", charset="utf-8"
        )


@web.middleware
async def _guard(request: web.Request, handler: Handle) -> web.StreamResponse:
    """A fault of ours is logged here and shows nothing to the outside."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("web.failed", path=request.path)
        return web.Response(status=500)
