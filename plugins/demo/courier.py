"""A courier for the demo shop: a small local server that speaks Kuaidi100's query.

Its parcels really move: each was sent some hours before the demo opened, and a step shows up when
its hour has come.
"""

from __future__ import annotations

import hmac
import json
import tomllib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

from aiohttp import web

from core.clock import Clock
from plugins.orders.face import sign

CUSTOMER, KEY = "DEMO", "demo-key"
BEIJING = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a parcel's way: hours after it was sent, state code, and what is written."""

    hours: float
    state: str
    text: str


def journey() -> list[Step]:
    """The way of every demo parcel (``journey.toml``)."""
    text = files("plugins.demo").joinpath("journey.toml").read_text(encoding="utf-8")
    return [Step(**step) for step in tomllib.loads(text)["ordinary"]]


@asynccontextmanager
async def local_courier(clock: Clock) -> AsyncGenerator[str]:
    """Run the courier on a free loopback port; gives its address."""
    app = web.Application()
    app.router.add_post("/poll/query.do", _Desk(clock).query)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


class _Desk:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._opened = clock.now()
        self._journey = journey()

    async def query(self, request: web.Request) -> web.Response:
        form = await request.post()
        param = str(form.get("param", ""))
        if not hmac.compare_digest(sign(param, KEY, CUSTOMER), str(form.get("sign", ""))):
            return _refused("503", "bad signature")
        asked = json.loads(param)
        sent = self._opened - timedelta(hours=_hours_on_the_way(asked["num"]))
        done = [s for s in self._journey if sent + timedelta(hours=s.hours) <= self._clock.now()]
        if not done:
            return _refused("500", "nothing yet")
        steps = [
            {"time": _beijing(sent + timedelta(hours=s.hours)), "context": s.text}
            for s in reversed(done)
        ]
        answer = {"message": "ok", "status": "200", "state": done[-1].state, "data": steps}
        return web.json_response({**answer, "com": asked["com"], "nu": asked["num"]})


def _hours_on_the_way(waybill: str) -> float:
    """How long a parcel had been on its way when the demo opened; the same for a number always."""
    return {"1": 31, "2": 22, "3": 120, "4": 13, "6": 27, "7": 7, "0": 20}.get(waybill[-1], 18)


def _beijing(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _refused(code: str, message: str) -> web.Response:
    return web.json_response({"result": False, "returnCode": code, "message": message})
