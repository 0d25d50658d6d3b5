"""Everything here runs with a real NATS server in front; each test has a stream of its own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from core.testing import open_shop, shop
from tests.broker import NatsServer, nats


@pytest.fixture(scope="session")
def broker() -> Iterator[NatsServer]:
    """One server for the tests that do it no harm."""
    with nats() as running:
        yield running


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger without rows: a copy is sooner made than the tables."""
    home = tmp_path_factory.mktemp("tables")

    async def make() -> None:
        async with open_shop(folder=home):
            pass

    asyncio.run(make())
    return home / "shop.db"


@pytest.fixture(autouse=True)
def shops_behind_a_queue(broker: NatsServer, tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shops of a test take messages in through the queue, whatever else their settings say."""

    async def where(home: Path) -> str:
        if not (home / "shop.db").exists():
            shutil.copy(tables, home / "shop.db")
        return await shop.in_a_file(home)

    monkeypatch.setattr(shop, "where", where)
    monkeypatch.setenv("XIAOER__QUEUE__URL", broker.url)
    monkeypatch.setenv("XIAOER__QUEUE__STREAM", f"shop-{uuid4().hex[:12]}")
