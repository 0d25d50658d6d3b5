"""Shows 1 of the first issue: Ctrl-C ends within 5 s, and nothing stays half-sent."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.shows.house import ask, open_house

pytestmark = pytest.mark.timeout(120)  # whole processes, on a machine under load

STOP = 5  # seconds
SHOP = """
[plugins]
enabled = ["handoff", "complaints"]
[plugins.complaints]
levels = [{{ name = "service", channel = "staff", conversation = "service" }}]
[channels.staff]
adapter = "wecom_robot"
webhook_key = "robot-key"
api_base = "{base}"
[channels.live]
adapter = "replay"
file = "room.jsonl"
"""
ANGRY = {"id": "c1", "text": "太生气了，我要投诉", "at_ms": 1, "user_id": "v1", "room_id": "r"}
STATES = "select state from message where channel = 'staff'"


@dataclass
class SlowGroup:
    """A group robot's platform that takes its time to answer."""

    base: str = ""
    posts: list[Any] = field(default_factory=list[Any])
    called: asyncio.Event = field(default_factory=asyncio.Event)
    answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, request: web.Request) -> web.Response:
        self.posts.append(await request.json())
        self.called.set()
        await self.answer.wait()
        return web.json_response({"errcode": 0, "errmsg": "ok"})


@asynccontextmanager
async def slow_group() -> AsyncGenerator[SlowGroup]:
    group = SlowGroup()
    app = web.Application()
    app.router.add_post("/cgi-bin/webhook/send", group.send)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    group.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield group
    finally:
        group.answer.set()
        await runner.cleanup()


@pytest.mark.parametrize(("answers", "state"), [(True, "sent"), (False, "unknown")])
async def test_ctrl_c_with_a_call_under_way(tmp_path: Path, state: str, *, answers: bool) -> None:
    (tmp_path / "room.jsonl").write_text(json.dumps(ANGRY), "utf-8")
    async with slow_group() as group:
        async with open_house(tmp_path, SHOP.format(base=group.base)) as house:
            await asyncio.wait_for(group.called.wait(), 20)
            begun = time.monotonic()
            house.process.send_signal(signal.SIGINT)
            await house.hears("Closing")
            if answers:
                group.answer.set()
            assert await house.ends(signal.SIGCONT) == 0
            assert time.monotonic() - begun < STOP
        assert ask(tmp_path, STATES) == [(state,)]

        group.answer.set()
        async with open_house(tmp_path) as house:
            await house.ends(signal.SIGINT)
        assert len(group.posts) == 1
