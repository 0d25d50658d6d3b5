"""The stand-in: a platform that refuses, dawdles, cuts the line, and remembers what it showed.

It lives in the kit's own process, so no kill can touch its records.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from chaos.adapter import PATIENCE, PROCESS
from chaos.plan import Plan

FAULTS = {
    "429": 0.010,  # refused, with Retry-After
    "503": 0.010,  # refused
    "500": 0.004,  # fails without having it
    "500 after": 0.004,  # has it, and says that it failed
    "cut": 0.004,  # hangs up without having it
    "cut after": 0.004,  # has it, and hangs up
    "slow": 0.020,  # takes its time
    "too late": 0.002,  # has it only when the caller has given up
}


@dataclass(slots=True)
class Send:
    """One call of the shop, in the order of arrival; ``shown`` once the platform has it."""

    channel: str
    key: str
    to: str
    text: str
    shown: bool = False


class Platform:
    """``POST /send/<channel>``; what befalls a call depends on its key and attempt alone."""

    def __init__(self, plan: Plan) -> None:
        """Listen after :meth:`start`."""
        self._plan = plan
        self.sends: list[Send] = []
        self.answered: Counter[tuple[str, str]] = Counter()  # the newest message answered, by whom
        self.faults: dict[str, int] = dict.fromkeys(FAULTS, 0)
        self.seen: Callable[[int], None] = lambda _number: None  # told who sent it, at once
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on loopback."""
        app = web.Application()
        app.router.add_post("/send/{channel}", self._send)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Hang up."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _send(self, request: web.Request) -> web.Response:
        body = await request.json()
        channel, key = request.match_info["channel"], str(body["key"])
        send = Send(channel, key, body["to"], body["text"])
        self.sends.append(send)
        fault = self._fault(channel, key, body["attempt"])
        match fault:
            case "429":
                return web.Response(status=429, headers={"Retry-After": "0.5"})
            case "503":
                return web.Response(status=503)
            case "500":
                return web.Response(status=500)
            case "cut":
                return self._hang_up(request)
            case "slow":
                await asyncio.sleep(0.6)
            case "too late":
                await asyncio.sleep(PATIENCE + 0.5)
            case _:
                pass
        send.shown = True
        number = int(send.text.split()[0].rsplit(":", 1)[1])
        self.answered[channel, send.to] = max(self.answered[channel, send.to], number)
        self.seen(int(request.headers[PROCESS]))
        if fault == "cut after":
            return self._hang_up(request)
        return web.Response(status=500 if fault == "500 after" else 200)

    def _fault(self, channel: str, key: str, attempt: int) -> str:
        chance = self._plan.dice("fault", channel, key, attempt).random()
        for name, share in FAULTS.items():
            if chance < share:
                self.faults[name] += 1
                return name
            chance -= share
        return ""

    @staticmethod
    def _hang_up(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
