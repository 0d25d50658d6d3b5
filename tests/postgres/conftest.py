"""Everything here runs on a real PostgreSQL; each shop has a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.testing import shop
from tests.servers import Postgres, postgres


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """One server for the tests that do it no harm."""
    with postgres() as running:
        yield running


@pytest.fixture(scope="session")
def left() -> list[str]:
    """Databases of earlier tests."""
    return []


@pytest.fixture(autouse=True)
def shops_on_postgres(
    server: Postgres, left: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Shops of a test open on PostgreSQL: the same folder is the same database."""
    known: dict[Path, str] = {}

    async def where(home: Path) -> str:
        if home not in known:
            known[home] = await (server.emptied(left.pop()) if left else server.database())
        return known[home]

    monkeypatch.setattr(shop, "where", where)
    yield
    left += known.values()
