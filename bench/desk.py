"""The desk under load: what fifty agents wait for while 200 messages a second come in.

A shop process (:mod:`bench.desk_shop`) has 2,000 open conversations. This process is the customers,
each message a request of its own, and the agents (:mod:`bench.desk_agents`), all with a session
and a live line. Their lines are cut a hundred times; in the end each must have heard every message
of the ledger exactly once. One of the fifty has the page open in a real Chromium, where the waits
are taken in the page, from the click to what it shows. The floor is the same shop with the same
conversations before anybody else is there.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from functools import cache, partial
from pathlib import Path

from aiohttp import ClientSession

from bench.desk_agents import Agent, Waits
from bench.desk_page import Page, sits_down
from bench.desk_shop import AGENTS, OPEN, customer
from bench.measure import Result, percentile

RATE, SECONDS, RECONNECTS = 200, 60.0, 100
QUIET = 30  # lists and answers of one agent before anybody else is there
PATIENCE = 30.0  # seconds until everything was heard
SHARE = 0.95
WORDS = ("好的", "那尺码会偏大吗", "可以改一下地址吗", "我再看看", "发的什么快递", "谢谢你啊")
NAMES = ("desk_load_list", "desk_load_send", "desk_load_page_list", "desk_load_page_send")


@cache
def measure() -> dict[str, Result]:
    """p95 in ms of each wait, under load and without."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> dict[str, Result]:
    waits = Waits()
    async with _shop(folder) as url, sits_down(url) as page:
        agents = [await Agent.comes(number, url, waits) for number in range(1, AGENTS)]
        try:
            await _alone(agents[0])
            floor = _p95(waits, await page.works(QUIET))
            waits.clear()
            loud = _p95(waits, await _together(agents, page, url, folder / "shop.db"))
        finally:
            for agent in agents:
                await agent.browser.close()
    return {n: Result(v, f, "ms") for n, v, f in zip(NAMES, loud, floor, strict=True)}


def _p95(*waits: Waits) -> list[float]:
    every = [side for each in waits for side in (each.listed, each.sent)]
    sys.stderr.write(f"{[len(side) for side in every]} waits\n")
    return [round(percentile(side, SHARE) * 1000, 1) for side in every]


async def _alone(agent: Agent) -> None:
    number = await agent.opens()
    for _ in range(QUIET):
        await agent.lists()
        await agent.sends_to(number)


async def _together(agents: Sequence[Agent], page: Page, url: str, ledger: Path) -> Waits:
    """Everybody at once; ends the run unless each agent heard each message once."""
    async with asyncio.TaskGroup() as lines:
        listening = [lines.create_task(agent.listens()) for agent in agents]
        while not all(agent.ready for agent in agents):  # noqa: ASYNC110 - no one event
            await asyncio.sleep(0.05)
        start = _numbers(ledger, 0)[-1]
        until = asyncio.get_running_loop().time() + SECONDS
        watching = lines.create_task(page.works_until(until))
        cutting = lines.create_task(_cut(agents))
        await asyncio.gather(_customers(url), *(agent.works(until) for agent in agents))
        cuts = await cutting
        await _all_heard(agents, partial(_numbers, ledger, start))
        for line in listening:
            line.cancel()
    sys.stderr.write(f"{cuts} lines cut; {len(page.faults)} faults of the page\n")
    return watching.result()


async def _cut(agents: Sequence[Agent]) -> int:
    """Cut a line every now and then."""
    cuts = 0
    while cuts < RECONNECTS:
        await asyncio.sleep(SECONDS / RECONNECTS * random.uniform(0.5, 1.2))
        cuts += random.choice(agents).breaks()
    return cuts


async def _customers(url: str) -> None:
    """Say something so many times a second, each customer in turn, answered or not."""
    loop, said = asyncio.get_running_loop(), list[asyncio.Task[None]]()
    start = loop.time()
    async with ClientSession() as session:
        for number in range(int(RATE * SECONDS)):
            await asyncio.sleep(start + number / RATE - loop.time())
            who, words = customer(number * 7 % OPEN), WORDS[number % len(WORDS)]
            body = {"key": f"k{number}", "who": who, "text": words}
            said.append(asyncio.create_task(_say(session, f"{url}/hooks/crowd", body)))
        await asyncio.gather(*said)


async def _say(session: ClientSession, url: str, body: dict[str, str]) -> None:
    async with session.post(url, json=body) as response:
        if response.status != 200:
            raise SystemExit(f"a message was refused: {response.status}")


async def _all_heard(agents: Sequence[Agent], numbers: Callable[[], list[int]]) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while loop.time() < end:
        wanted = numbers()
        if all(agent.heard.keys() >= set(wanted) for agent in agents):
            break
        await asyncio.sleep(0.5)
    wanted = set(numbers())
    missed = sum(len(wanted - agent.heard.keys()) for agent in agents)
    doubled = sum(times > 1 for agent in agents for times in agent.heard.values())
    sys.stderr.write(f"{len(wanted)} messages to {len(agents)} lines: ")
    sys.stderr.write(f"{missed} missed, {doubled} doubled; ")
    if missed or doubled:
        raise SystemExit("the line does not keep its promise")


def _numbers(ledger: Path, after: int) -> list[int]:
    with closing(sqlite3.connect(ledger)) as base:
        rows = base.execute("SELECT id FROM message WHERE id > ? ORDER BY id", (after,))
        return [int(row[0]) for row in rows]


@asynccontextmanager
async def _shop(folder: Path) -> AsyncGenerator[str]:
    command = [sys.executable, "-m", "bench.desk_shop", str(folder)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
        process.stdin.close()
        await asyncio.wait_for(process.wait(), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _one(name: str) -> Result:
    return measure()[name]


BENCHES: dict[str, Callable[[], Result]] = {name: partial(_one, name) for name in NAMES}
