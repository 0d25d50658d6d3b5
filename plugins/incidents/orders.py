"""Whose orders are these: a batch went wrong, and every customer is tracked (S-201)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any

from core.message import ConversationKind
from core.store.models import ContactIdentity, Conversation
from plugins.orders.face import OrderSource, bound

PAGE = 1000


async def customers_of(
    numbers: Iterable[str], source: OrderSource, now: datetime
) -> tuple[dict[str, int], list[str]]:
    """The contact of each order that we know one of, and the orders of people never met.

    Known: by the shop's customer id that a channel vouches for, or by a proof given in a chat that
    still holds. Raises :class:`plugins.orders.face.SourceDown`.
    """
    wanted = list(dict.fromkeys(numbers))
    owners: dict[str, str] = {}
    for number in wanted:
        order = await source.find(number)
        if order is not None and order.customer_id:
            owners[number] = order.customer_id
    vouched = await _vouched(set(owners.values()))
    found = {number: vouched[who] for number, who in owners.items() if who in vouched}
    proved = await _proved(set(wanted) - set(found), now)
    found |= proved
    return found, [number for number in wanted if number not in found]


async def _vouched(customers: set[str]) -> dict[str, int]:
    """Contacts by the shop's customer id."""
    found: dict[str, int] = {}
    if customers:
        async for row in _pages(ContactIdentity.all()):
            if (who := row.proven.get("customer_id", "")) in customers:
                found[who] = row.contact_id
    return found


async def _proved(numbers: set[str], now: datetime) -> dict[str, int]:
    """Contacts by an order that they proved to be theirs."""
    found: dict[str, int] = {}
    if numbers:
        async for row in _pages(Conversation.filter(kind=ConversationKind.DIRECT)):
            proof = bound(row.memory.get("orders", {}), now)
            if proof is not None and proof.number in numbers and row.contact_id:
                found[proof.number] = row.contact_id
    return found


async def _pages(rows: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - a Tortoise query set
    last = 0
    while page := await rows.filter(id__gt=last).order_by("id").limit(PAGE):
        for row in page:
            yield row
        last = page[-1].id
