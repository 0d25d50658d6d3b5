"""What the order book holds of a person, and orders as a sign that two contacts are one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from tortoise.expressions import Q, RawSQL

from core.contacts.holding import Holding
from core.contacts.person import Person, among
from core.store.models import Conversation
from plugins.orders.models import OrderRow, ParcelRow

REASON = "orders.alike"
MOST = 50  # orders of one phone that are looked for


def shown(person: Person) -> list[str]:
    """Numbers of orders that were proved in a conversation of the person."""
    kept = [thread.memory.get("orders", {}).get("bound") for thread in person.threads]
    return sorted({str(one["number"]) for one in kept if one})


async def orders(person: Person) -> Sequence[Q]:
    """Orders that a channel vouches for, or that were proved."""
    customers = sorted(person.proven.get("customer_id", ()))
    return [*among("customer_id", customers), *among("number", shown(person))]


async def parcels(person: Person) -> Sequence[Q]:
    """Their parcels: at the courier a waybill leads to an address."""
    found: list[int] = []
    for condition in await orders(person):
        rows = OrderRow.filter(condition).values_list("id", flat=True)
        found += cast("list[int]", await rows)
    return among("order_id", found)


async def same_order(person: Person) -> Mapping[int, str]:
    """Contacts who proved an order of the same phone."""
    numbers, phones = set(shown(person)), set[str]()
    for condition in await orders(person):
        rows = await OrderRow.filter(condition).exclude(phone="").values_list("number", "phone")
        numbers |= {str(row[0]) for row in rows}
        phones |= {str(row[1]) for row in rows}
    more = OrderRow.filter(phone__in=phones).limit(MOST).values_list("number", flat=True)
    numbers |= set(cast("list[str]", await more)) if phones else set()
    found: set[int] = set()
    for number in numbers:
        rows = Conversation.annotate(plain=RawSQL("CAST(memory AS TEXT)"))
        for row in await rows.filter(plain__contains=f'"{number}"').exclude(contact_id=None):
            if (row.memory.get("orders", {}).get("bound") or {}).get("number") == number:
                found.add(row.contact_id or 0)
    return dict.fromkeys(found, REASON)


# The order stays as a record of the sale; whose it was goes.
HOLDINGS = (
    Holding(ParcelRow, parcels),
    Holding(OrderRow, orders, {"phone": "", "buyer": "", "customer_id": ""}),
)
