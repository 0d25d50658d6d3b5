"""Kuaidi100 as tests need it: checks signatures like the real one, and fails on demand."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

CUSTOMER, KEY = "PUBCUSTOMER0123456789", "PUBkey0123456"


class CourierStandIn:
    """Answers queries. ``ways`` holds the answer for a waybill; ``mood`` makes it misbehave:
    ``hang``, ``broken`` (no JSON), ``down`` (HTTP 502), ``busy`` (an error answer)."""

    def __init__(self) -> None:
        self.ways: dict[str, dict[str, Any]] = {}
        self.mood = ""
        self.asked: list[dict[str, Any]] = []
        self.url = ""
        self._release = asyncio.Event()

    async def query(self, request: web.Request) -> web.Response:
        form = await request.post()
        param = str(form["param"])
        wanted = hashlib.md5(f"{param}{KEY}{CUSTOMER}".encode()).hexdigest().upper()
        if form.get("sign") != wanted or form.get("customer") != CUSTOMER:
            return _error("503", "验证签名失败")
        self.asked.append(json.loads(param))
        match self.mood:
            case "hang":
                await self._release.wait()
            case "broken":
                return web.Response(text="<html>502</html>")
            case "down":
                return web.Response(status=502)
            case "busy":
                return _error("502", "服务器繁忙")
            case _:
                pass
        way = self.ways.get(self.asked[-1]["num"])
        return web.json_response(way) if way else _error("500", "查询无结果，请隔段时间再查")

    def release(self) -> None:
        self._release.set()


def way(state: str, *steps: tuple[str, str], code: str = "") -> dict[str, Any]:
    """An answer: its state and steps ``(time, words)``, newest first."""
    data = [{"time": t, "ftime": t, "context": c, "statusCode": code or state} for t, c in steps]
    return {"message": "ok", "status": "200", "state": state, "ischeck": "0", "data": data}


@asynccontextmanager
async def courier_stand_in() -> AsyncGenerator[CourierStandIn]:
    stand_in = CourierStandIn()
    app = web.Application()
    app.router.add_post("/poll/query.do", stand_in.query)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stand_in.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield stand_in
    finally:
        stand_in.release()
        await runner.cleanup()


def _error(code: str, message: str) -> web.Response:
    return web.json_response({"result": False, "returnCode": code, "message": message})
