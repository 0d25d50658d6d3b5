"""Misbehaviour on request, for any stand-in of an API that answers JSON with an ``errcode``."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True)
class _Plan:
    kind: str  # code | http | drop | hang
    value: int = 0


def says(code: int, **more: object) -> web.Response:
    """An answer as the platform words it: HTTP 200 and an errcode."""
    words = "ok" if code == 0 else f"some trouble, hint: [17], from ip: 203.0.113.7 ({code})"
    return web.json_response({"errcode": code, "errmsg": words, **more})


class Troublesome:
    """Plans of trouble by the name of an endpoint, and how often each was called."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.released = asyncio.Event()
        self._plans: dict[str, deque[_Plan]] = {}

    def fail(self, endpoint: str, code: int, times: int = 1) -> None:
        """Answer ``code`` for the next ``times`` calls and do nothing."""
        self._plan(endpoint, _Plan("code", code), times)

    def break_http(self, endpoint: str, status: int, times: int = 1) -> None:
        """Answer with a bare HTTP status, like a broken gateway."""
        self._plan(endpoint, _Plan("http", status), times)

    def drop(self, endpoint: str, times: int = 1) -> None:
        """Do the work, then lose the connection before the answer."""
        self._plan(endpoint, _Plan("drop"), times)

    def hang(self, endpoint: str, times: int = 1) -> None:
        """Do the work and do not answer before :attr:`released` is set."""
        self._plan(endpoint, _Plan("hang"), times)

    def served(self, name: str, handler: Handler) -> Handler:
        """The handler with its plans before it."""

        async def serve(request: web.Request) -> web.Response:
            self.calls[name] += 1
            plans = self._plans.get(name)
            plan = plans.popleft() if plans else _Plan("")
            if plan.kind == "code":
                return says(plan.value)
            if plan.kind == "http":
                return web.Response(status=plan.value, text="<html>bad gateway</html>")
            response = await handler(request)
            if plan.kind == "drop" and request.transport:
                request.transport.close()
            if plan.kind == "hang":
                await self.released.wait()
            return response

        return serve

    def _plan(self, endpoint: str, plan: _Plan, times: int) -> None:
        self._plans.setdefault(endpoint, deque()).extend([plan] * times)
