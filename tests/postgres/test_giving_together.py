"""One of the staff, two processes of the shop: the day's limit holds over both."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tortoise import connections
from tortoise.transactions import in_transaction

from core.effects import Effects
from core.testing import open_shop
from plugins.compensation import face
from plugins.compensation.face import Denied, Proposal, Wish
from tests.plugins.compensation.counter import LI, PLUGINS, RULES, SETTINGS, effects, people

QUEUED = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


async def write(made: Effects, done: asyncio.Event, commit: asyncio.Event) -> None:
    """As the writer of a process would, on a connection of its own."""
    assert made.changes is not None
    async with in_transaction("default"):
        await made.changes()
        done.set()
        await commit.wait()


async def queued(other: asyncio.Task[None]) -> bool:
    """Whether somebody stands behind a lock; only the server knows. False: it went through."""
    async with asyncio.timeout(10):
        while True:
            rows = (await connections.get("default").execute_query(QUEUED))[1]
            if rows or other.done():
                return bool(rows)
            await asyncio.sleep(0.01)


async def test_two_processes_do_not_give_the_days_money_twice(tmp_path: Path) -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS, folder=tmp_path) as shop:
        (mei,) = await people(shop, "Mei")
        both = effects(shop), effects(shop)
        for number, made in enumerate(both):
            wish = Wish(f"complaint:C{number}", [mei], 2000, "包装破损")
            assert (await face.propose(made, wish, LI, RULES)).state == "approved"
        written, commit, at_once = asyncio.Event(), asyncio.Event(), asyncio.Event()
        at_once.set()
        first = asyncio.create_task(write(both[0], written, commit))
        await written.wait()
        second = asyncio.create_task(write(both[1], asyncio.Event(), at_once))
        stood_behind = await queued(second)
        commit.set()
        await first
        with pytest.raises(Denied, match="day"):
            await second
        assert stood_behind
        assert (await Proposal.get()).state == "approved"
