"""Several processes on PostgreSQL behind a queue: the ledger goes, the queue goes, workers die."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone

import pytest
from msgspec.structs import replace

from core.gate.drain import LEAD
from core.parts import Text
from core.store.session import Session
from tests.broker import nats
from tests.core.stage import echo, play, until
from tests.nats.test_queue import queue_of, said, told
from tests.postgres.conftest import server
from tests.postgres.town import Town, town
from tests.servers import Postgres, postgres

__all__ = ["server"]
CUSTOMERS = [f"c{n}" for n in range(12)]
BEFORE_TIME = datetime.min.replace(tzinfo=timezone(timedelta(hours=8)))  # no UTC has it
AT_ONCE = 1.0  # seconds; the ledger itself is waited for much longer


async def test_messages_are_taken_in_while_the_ledger_is_down() -> None:
    with postgres() as ledger:
        async with town(await ledger.database()) as shop:
            await shop.hire()
            await shop.says("first")
            await shop.all_answered()
            ledger.kill()
            async with asyncio.timeout(AT_ONCE):
                for who in CUSTOMERS * 3:
                    await shop.says(who)
            assert await shop.app.vitals.readiness() == ""
            status, numbers = await told(shop, "/metrics")
            assert (status, "\nxiaoer_queue_waiting 36.0\n" in numbers) == (200, True)
            ledger.start()
            await shop.all_answered()
            await shop.check()


async def test_a_queue_that_is_killed_under_load(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with nats() as broker:
        monkeypatch.setenv("XIAOER__QUEUE__URL", broker.url)
        async with town(await server.database()) as shop:
            await shop.hire()
            talking = [asyncio.create_task(talk(shop, who, 8)) for who in CUSTOMERS]
            for _ in range(2):
                await asyncio.sleep(0.2)  # real servers, real time
                broker.kill()
                broker.start()
            await asyncio.gather(*talking)
            await shop.all_answered()
            await shop.check()


async def test_a_killed_worker_leaves_the_queue_to_the_next(server: Postgres) -> None:
    async with town(await server.database()) as shop:
        carries = await shop.hire()  # the first leads
        await shop.hire()
        talking = [asyncio.create_task(talk(shop, who, 8)) for who in CUSTOMERS]
        await asyncio.sleep(0.2)
        await shop.kill(carries)
        await asyncio.gather(*talking)
        await shop.all_answered()
        await shop.check()


async def test_a_worker_that_lost_the_queue_lets_another_carry(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await server.database()
    with nats() as broker:
        monkeypatch.setenv("XIAOER__QUEUE__URL", broker.url)
        async with play(echo(), settings={"database": {"url": url}}) as shop:
            await shop.customer("Mei").says("one")
            broker.kill()
            another = Session(url)
            async with asyncio.timeout(10):
                await another.lead(LEAD)
            await another.close()
            broker.start()
            await shop.customer("Mei").drops(Text("two"))
            await until(lambda: shop.posts("Mei") == ["one", "two"])


async def test_what_the_ledger_refuses_is_laid_aside_and_stops_nobody(server: Postgres) -> None:
    settings = {"database": {"url": await server.database()}}
    async with play(echo(), settings=settings) as shop:
        line = shop.channel().channel
        await line.accept([replace(said("1", "never"), sent_at=BEFORE_TIME), said("2", "next")])
        await shop.settle()
        assert shop.posts("Mei") == ["next"]
        backlog = await queue_of(shop)[0].backlog()
        assert (backlog.waiting, backlog.parked) == (0, 1)


async def talk(shop: Town, who: str, number: int) -> None:
    """One after the other, as a person does."""
    for _ in range(number):
        await shop.says(who)
        await asyncio.sleep(0.05)
