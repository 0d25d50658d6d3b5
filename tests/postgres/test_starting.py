"""Processes that start: before their database is there, all at once, and beside older ones."""

from __future__ import annotations

import asyncio
import socket
import sys
from asyncio.subprocess import DEVNULL
from pathlib import Path
from typing import Any

import asyncpg
from aiohttp import ClientConnectorError, ClientSession

from core.app import App
from core.store.session import LIVES
from tests.postgres.house import settings
from tests.postgres.town import town
from tests.servers import Postgres, postgres

TABLES = """
data = "{data}"
[server]
port = 0
[database]
url = "{url}"
[channels.till]
adapter = "tests.postgres.house:TillAdapter"
url = "{platform}"
[plugins]
enabled = ["tests.postgres.house:plugin"]
[plugins.echo]
url = "{platform}"
"""
CUSTOMERS = [f"c{n}" for n in range(8)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def asked(url: str) -> tuple[int, Any]:
    """The answer of whoever listens there as soon as anybody does."""
    async with asyncio.timeout(15), ClientSession() as line:
        while True:
            try:
                async with line.get(url) as answer:
                    return answer.status, await answer.json()
            except ClientConnectorError:
                await asyncio.sleep(0.02)


async def test_a_shop_that_starts_before_its_database_waits_and_says_why() -> None:
    with postgres() as server:
        table = settings(await server.database(), "http://127.0.0.1:9", ["gateway"])
        port = free_port()
        here = table.model_copy(update={"server": table.server.model_copy(update={"port": port})})
        server.kill()
        app = App(here)
        starting = asyncio.create_task(app.start())
        url = f"http://127.0.0.1:{port}"
        status, told = await asked(f"{url}/readyz")
        assert (status, told["status"]) == (503, "not-ready")
        assert "the database" in told["reason"]
        assert await asked(f"{url}/healthz") == (200, {"status": "ok"})
        assert (await asked(f"{url}/hooks/till"))[0] == 503
        assert not starting.done()

        await asyncio.to_thread(server.start)
        await asyncio.wait_for(starting, 30)
        assert await asked(f"{url}/readyz") == (200, {"status": "ready"})

        server.kill()
        status, told = await asked(f"{url}/readyz")
        assert (status, told["reason"].split(":")[0]) == (503, "database away")
        await asyncio.wait_for(app.stop(), 10)


async def test_processes_start_at_once_on_an_empty_database(server: Postgres) -> None:
    url = await server.database()
    async with town(url) as shop:
        base = await asyncpg.connect(url)
        await base.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await base.close()
        await asyncio.wait_for(asyncio.gather(*(shop.hire() for _ in range(3))), 60)
        base = await asyncpg.connect(url)
        steps = await base.fetch("SELECT count(*) n FROM tortoise_migrations GROUP BY app, name")
        assert steps
        assert {row["n"] for row in steps} == {1}
        await base.close()


async def test_roles_are_given_on_the_command_line(server: Postgres, tmp_path: Path) -> None:
    url = await server.database()
    async with town(url) as shop:
        file = tmp_path / "settings.toml"
        file.write_text(TABLES.format(url=url, platform=shop.platform.url, data=tmp_path), "utf-8")
        roles = ["--role", "worker", "--role", "sender"]
        command = ["-m", "core.cli", "run", "--settings", str(file), *roles]
        process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=DEVNULL)
        shop.people.append(process)
        await shop.says("mei")
        await shop.all_answered()
        await shop.check()
        base = await asyncpg.connect(url)
        held = await base.fetch("SELECT classid FROM pg_locks WHERE locktype = 'advisory'")
        await base.close()
        assert {int(row[0]) for row in held} == {LIVES}  # nobody was told to mind the deadlines


async def test_tables_are_changed_while_older_processes_work(server: Postgres) -> None:
    url = await server.database()
    async with town(url) as shop:
        await shop.hire()
        await shop.hire()
        base = await asyncpg.connect(url)

        async def talk(who: str) -> None:
            for _ in range(10):
                await shop.says(who)

        talking = [asyncio.create_task(talk(who)) for who in CUSTOMERS]
        for step in range(3):
            await change(base, step)
        await asyncio.gather(*talking)
        await shop.all_answered()
        await shop.check()
        await base.close()


async def change(base: asyncpg.Connection[asyncpg.Record], step: int) -> None:
    """As a migration does: locks that meet those of everybody who works, until it is through."""
    while True:
        try:
            async with base.transaction():
                for table in ("conversation", "message", "journal", "work"):
                    await base.execute(f"ALTER TABLE {table} ADD COLUMN later{step} INT")
                await base.execute(f"CREATE INDEX later{step} ON message (later{step})")
        except asyncpg.DeadlockDetectedError:
            continue
        return
