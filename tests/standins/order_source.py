"""A shop's own order system: the small HTTP interface that the orders plugin asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

TOKEN = "order-token"


class OrderSystem:
    """Orders by number and customer. ``mood``: ``hang``, ``broken``, ``down``.

    ``careless``: a filter is no filter, anybody hears of the newest order.
    """

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.mood = ""
        self.url = ""
        self._release = asyncio.Event()

    async def one(self, request: web.Request) -> web.Response:
        wanted = request.match_info["number"]
        found = [o for o in self.orders if wanted in _names(o)]
        return await self._answer(request, found[0] if found else None)

    async def many(self, request: web.Request) -> web.Response:
        customer = request.query["customer_id"]
        careless = self.mood == "careless"
        found = [o for o in self.orders if careless or o.get("customer_id") == customer]
        return await self._answer(request, found[-1:])

    async def _answer(self, request: web.Request, body: object) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401)
        if self.mood == "hang":
            await self._release.wait()
        if self.mood == "down":
            return web.Response(status=503)
        if self.mood == "broken":
            return web.json_response({"number": "1"})
        return web.Response(status=404) if body is None else web.json_response(body)

    def release(self) -> None:
        self._release.set()


@asynccontextmanager
async def order_system() -> AsyncGenerator[OrderSystem]:
    system = OrderSystem()
    app = web.Application()
    app.router.add_get("/orders/{number}", system.one)
    app.router.add_get("/orders", system.many)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    system.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield system
    finally:
        system.release()
        await runner.cleanup()


def _names(order: dict[str, Any]) -> list[str]:
    return [order["number"], *(p["waybill"] for p in order.get("parcels", ()))]
