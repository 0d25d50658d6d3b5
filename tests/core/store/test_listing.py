"""People who look for the few rows in a rare state do not wait for the whole ledger."""

import pytest
from tortoise import connections

from core.store import listing
from core.store.states import Inbox, Outbox
from core.testing.shop import open_shop


@pytest.mark.parametrize(
    "state",
    [
        Inbox.FAILED,
        Outbox.UNKNOWN,
        Outbox.EXPIRED,
        Outbox.CANCELLED,
    ],
)
async def test_a_rare_state_is_found_by_its_own_index(state: Inbox | Outbox) -> None:
    async with open_shop():
        sql, values = next(listing.newest(state, limit=50))
        plan = await connections.get("default").execute_query_dict(
            f"EXPLAIN QUERY PLAN {sql}", list(values)
        )
    assert f"message_{state}" in str(plan)
