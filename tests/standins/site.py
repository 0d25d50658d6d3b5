"""A shop's own web server, with the files that messages point at."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

HOST = "127.0.0.1"  # to be named in ``media_hosts``


class Site:
    """Files by name; ``asked`` counts."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files, self.asked, self.url = files, Counter[str](), ""

    async def file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.asked[name] += 1
        found = self.files.get(name)
        return web.Response(status=404) if found is None else web.Response(body=found)


@asynccontextmanager
async def site(**files: bytes) -> AsyncGenerator[Site]:
    """Open for a test; the dot of a name is written as two underscores."""
    made = Site({name.replace("__", "."): data for name, data in files.items()})
    app = web.Application()
    app.router.add_get("/{name}", made.file)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    made.url = f"http://{HOST}:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()
