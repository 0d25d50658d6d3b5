"""The order book: orders in the shop's own database."""

from __future__ import annotations

from collections.abc import Sequence

from tortoise.queryset import QuerySetSingle

from core.clock import Clock
from plugins.orders.models import OrderRow, ParcelRow
from plugins.orders.order import Order


class Book:
    """Orders that were imported."""

    async def find(self, number: str) -> Order | None:
        """By order number, or by waybill; nothing where the customer was erased."""
        row = await _one(OrderRow.get_or_none(number=number))
        if row is None:
            parcel = await ParcelRow.filter(waybill__in=[number, number.upper()]).first()
            row = await _one(OrderRow.get_or_none(id=parcel.order_id)) if parcel else None
        return order_of(row) if row and row.phone else None

    async def latest(self, customer_id: str) -> Order | None:
        """The newest by number of row."""
        if not customer_id:
            return None
        row = await _one(OrderRow.filter(customer_id=customer_id).order_by("-id").first())
        return order_of(row) if row else None


async def _one(query: QuerySetSingle[OrderRow | None]) -> OrderRow | None:
    row = await query
    if row is not None:
        await row.fetch_related("parcels")
    return row


async def store(orders: Sequence[Order], clock: Clock) -> tuple[int, int]:
    """Insert or update orders by number; returns how many are new and how many changed.

    Call it inside a transaction.
    """
    new = changed = 0
    for order in orders:
        row = await _one(OrderRow.get_or_none(number=order.number))
        if row is not None and row.phone and order_of(row) == order:
            continue
        values = {
            **order.model_dump(mode="json", exclude={"parcels", "paid_at"}),
            "paid_at": order.paid_at,
            "updated_at": clock.now(),
        }
        new, changed = new + (row is None), changed + (row is not None)
        row, _ = await OrderRow.update_or_create(number=order.number, defaults=values)
        await ParcelRow.filter(order_id=row.id).delete()
        for parcel in order.parcels:
            await ParcelRow.create(order_id=row.id, **parcel.model_dump())
    return new, changed


def order_of(row: OrderRow) -> Order:
    """The order that a row and its fetched parcels keep."""
    return Order.model_validate(
        {
            "number": row.number,
            "phone": row.phone,
            "status": row.status,
            "buyer": row.buyer,
            "customer_id": row.customer_id,
            "items": row.items,
            "paid_at": row.paid_at,
            "parcels": [{"waybill": p.waybill, "courier": p.courier} for p in row.parcels],
        }
    )
