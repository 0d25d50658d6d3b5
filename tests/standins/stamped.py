"""Every answer of a platform carries its own time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

from aiohttp import web


def stamped(app: web.Application, now: Callable[[], datetime]) -> None:
    """Let the header ``Date`` follow the stand-in's clock."""

    async def stamp(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = format_datetime(now(), usegmt=True)

    app.on_response_prepare.append(stamp)
