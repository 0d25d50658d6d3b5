"""Two processes serve one kf account: one pull at a time, one token, one store of codes."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from core.changeover import ASKED, DONE
from core.cli.office import office
from core.store.models import JournalEntry
from tests.adapters.wecom_kf.town import ECHO, WELCOME
from tests.postgres.counter import read
from tests.postgres.lamp import ADAPTER
from tests.servers import Postgres
from tests.standins.wecom import WeCom
from tests.standins.wecom_app import WeComApp

MESSAGES, LAMPS = 20, 20
MOCK = "core.testing.mock:MockAdapter"


@pytest.fixture
async def wecom() -> AsyncGenerator[WeCom]:
    platform = WeCom()
    await platform.start()
    yield platform
    await platform.stop()


def settle(folder: Path, url: str, **channels: dict[str, Any]) -> str:
    """Write the settings of all processes; where they are."""
    table: dict[str, Any] = {"database": {"url": url}, "data": str(folder), "server": {"port": 0}}
    table |= {"channels": channels, "plugins": {"enabled": [ECHO, WELCOME]}}
    file = folder / "settings.json"
    file.write_text(json.dumps(table))
    return str(file)


async def serve(file: str, *roles: str) -> tuple[Process, str]:
    """A process, and its address."""
    command = (sys.executable, "-m", "tests.postgres.counter", file, *roles)
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert process.stdout is not None
    return process, (await process.stdout.readline()).decode().strip()


async def end(*processes: Process) -> None:
    for process in processes:
        process.terminate()
        await process.wait()


async def test_two_processes_pull_one_at_a_time_and_share_the_token(
    server: Postgres, tmp_path: Path, wecom: WeCom
) -> None:
    url = await server.database()
    file = settle(tmp_path, url, kf={"adapter": "wecom_kf", **wecom.settings()})
    first, one = await serve(file)
    second, two = await serve(file)
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
        await end(first, second)
    assert wecom.most_parallel == 1
    assert wecom.calls["gettoken"] == 2, "one for both, and one more after it died"
    for customer in range(3):
        heard = [sent.text for sent in wecom.sent if sent.customer == f"wm{customer}"]
        assert heard == [f"echo {n}" for n in range(customer, MESSAGES, 3)]


async def test_another_process_spends_a_welcome_code_and_fifty_channels_are_reloaded_by_both(
    server: Postgres, tmp_path: Path, wecom: WeCom
) -> None:
    url, log = await server.database(), tmp_path / "lamps"
    channels = many(log) | {"kf": {"adapter": "wecom_kf", **wecom.settings()}}
    file = settle(tmp_path, url, **channels)
    door, one = await serve(file, "gateway")
    hand, _ = await serve(file, "worker", "sender", "scheduler")
    try:
        wecom.hook = f"{one}/hooks/kf"
        assert (await wecom.enters("wm1")).status == 200
        async with asyncio.timeout(20):
            (sent,) = await wecom.until_sent(1)
        assert (sent.customer, sent.text, bool(sent.code)) == ("wm1", "welcome", True)
        before = log.read_text().splitlines()
        del channels["lamp-3"]
        settle(tmp_path, url, **channels, fresh={"adapter": ADAPTER, "log": str(log)})
        for answer in await reload(file):
            assert (answer["added"], answer["removed"]) == (["fresh"], ["lamp-3"])
            assert (answer["changed"], answer["failed"], answer["refused"]) == ([], {}, "")
        what = [line.split()[1:] for line in log.read_text().splitlines()[len(before) :]]
        assert sorted(what) == [["fresh", "on"]] * 2 + [["lamp-3", "off"]] * 2
        assert len(before) == 2 * LAMPS
        await wecom.says("wm1", "still there")  # through the line that nobody touched
        async with asyncio.timeout(20):
            await wecom.until_sent(2)
    finally:
        await end(door, hand)


def many(log: Path) -> dict[str, dict[str, Any]]:
    """49 channels of six kinds."""
    lamp = {"adapter": ADAPTER, "log": str(log)}
    found = {f"lamp-{n}": lamp for n in range(LAMPS)}
    found |= {f"page-{n}": {"adapter": "webchat"} for n in range(4)}
    plain = {"adapter": "wechat", "token": "abc", "mode": "plain"}
    found |= {f"oa-{n}": {**plain, "original_id": f"gh_{n}"} for n in range(8)}
    found |= {f"file-{n}": {"adapter": "file", "path": str(log) + str(n)} for n in range(4)}
    app = WeComApp().settings(api_base="http://127.0.0.1:9")  # nothing is asked of it
    found |= {f"corp-{n}": {"adapter": "wecom", **app, "agent_id": n + 1} for n in range(8)}
    return found | {f"mock-{n}": {"adapter": MOCK} for n in range(49 - len(found))}


async def reload(file: str) -> list[dict[str, Any]]:
    """Ask all processes, as the command does; what both of them answered."""
    async with office(read(file)) as desk:
        session, rung = desk.app.session, asyncio.Event()
        assert session is not None
        session.heard.append(lambda _: rung.set())
        effects = desk.effects()
        effects.emit(ASKED, asked="now")
        await desk.commit(effects)
        async with asyncio.timeout(20):
            while len(done := await JournalEntry.filter(kind=DONE)) < 2:
                await rung.wait()
                rung.clear()
        return [entry.data for entry in done]
