"""Two processes serve one kf account: one pull at a time, one token between them."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.servers import Postgres
from tests.standins.wecom import WeCom

MESSAGES = 20


@pytest.fixture
async def wecom() -> AsyncGenerator[WeCom]:
    platform = WeCom()
    await platform.start()
    yield platform
    await platform.stop()


async def serve(url: str, folder: Path, wecom: WeCom) -> tuple[Process, str]:
    """A process, and its address."""
    channel = {"adapter": "wecom_kf", **wecom.settings(api_base=f"{wecom.url}/")}
    table = json.dumps({"url": url, "data": str(folder), "channel": channel})
    command = (sys.executable, "-m", "tests.postgres.counter", table)
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert process.stdout is not None
    return process, (await process.stdout.readline()).decode().strip()


async def test_two_processes_pull_one_at_a_time_and_share_the_token(
    server: Postgres, tmp_path: Path, wecom: WeCom
) -> None:
    url = await server.database()
    first, one = await serve(url, tmp_path / "one", wecom)
    second, two = await serve(url, tmp_path / "two", wecom)
    try:
        for number in range(MESSAGES):
            wecom.hook = f"{(one, two)[number % 2]}/hooks/kf"
            assert (await wecom.says(f"wm{number % 3}", f"{number}")).status == 200
            if number == MESSAGES // 2:
                async with asyncio.timeout(20):
                    await wecom.until_sent(number + 1)
                wecom.tokens.expire()
        async with asyncio.timeout(20):
            await wecom.until_sent(MESSAGES)
    finally:
        for process in (first, second):
            process.terminate()
            await process.wait()
    assert wecom.most_parallel == 1
    assert wecom.calls["gettoken"] == 2, "one for both, and one more after it died"
    for customer in range(3):
        heard = [sent.text for sent in wecom.sent if sent.customer == f"wm{customer}"]
        assert heard == [f"echo {n}" for n in range(customer, MESSAGES, 3)]
