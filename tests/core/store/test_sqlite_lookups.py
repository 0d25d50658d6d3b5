"""What is only looked up waits for no transaction of the ORM and, when quick, for no thread."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from tortoise import connections
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from core.store.models import Contact
from core.store.sqlite_lookups import Client
from core.testing import open_shop

AT = datetime(2026, 11, 23, 2, 0, 0, 250, tzinfo=UTC)
SLOW = "SELECT COUNT(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"


async def test_lookups_beside_a_transaction() -> None:
    async with open_shop():
        mei = await Contact.create(name="Mei", created_at=AT)
        written, looked = asyncio.Event(), asyncio.Event()

        async def change() -> None:
            async with in_transaction("default"):
                await Contact.filter(id=mei.id).update(name="Lan")
                assert (await Contact.get(id=mei.id)).name == "Lan"  # its own change it sees
                written.set()
                await looked.wait()

        changing = asyncio.create_task(change())
        await written.wait()
        async with asyncio.timeout(5):  # it used to wait for the end of the transaction
            before = await Contact.get(id=mei.id)
        looked.set()
        await changing
        assert (before.name, before.created_at) == ("Mei", AT)
        assert (await Contact.get(id=mei.id)).name == "Lan"


@pytest.mark.parametrize("within", [True, False])
async def test_nothing_of_the_first_eight_hours_of_a_shanghai_day_was_counted_as_todays(
    within: bool,
) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    at = datetime(2026, 11, 23, 1, 30, tzinfo=zone)  # in UTC the day before
    async with open_shop():
        mei = await Contact.create(name="Mei", created_at=at)
        midnight = at.replace(hour=0, minute=0)
        today, earlier = Contact.filter(created_at__gte=midnight), Contact.filter(created_at=at)
        if within:
            async with in_transaction("default"):
                found = [(await today).copy(), (await earlier).copy()]
        else:
            found = [await today, await earlier]
        assert found == [[mei], [mei]]
        assert await Contact.filter(created_at__lt=midnight).update(name="Lan") == 0


async def test_a_long_lookup_is_made_in_the_thread() -> None:
    async with open_shop():
        client = cast("Client", connections.get("default"))
        client.patience = 0.0
        (row,) = await client.execute_query_dict(f"{SLOW} WHERE i < 50000) SELECT i FROM n) AS m")
        assert list(row.values()) == [50_000]
        with pytest.raises(OperationalError, match="no such table"):
            await client.execute_query("SELECT 1 FROM nowhere")
