"""The order book: for shops without an order system of their own to ask."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class OrderRow(Model):
    """A row for each order, see :class:`plugins.orders.order.Order`."""

    id = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=40, unique=True)
    phone = fields.CharField(max_length=11)
    buyer = fields.CharField(max_length=200, default="")
    customer_id = fields.CharField(max_length=100, default="", db_index=True)
    status = fields.CharField(max_length=20)
    items: list[dict[str, object]] = fields.JSONField(default=list)  # type: ignore[assignment] # JSON
    paid_at = fields.DatetimeField(null=True)
    updated_at = fields.DatetimeField()
    parcels: fields.ReverseRelation[ParcelRow]

    class Meta(Model.Meta):
        """Table name."""

        table = "orders_order"


class ParcelRow(Model):
    """A parcel of an order."""

    id = fields.BigIntField(primary_key=True)
    order: fields.ForeignKeyRelation[OrderRow] = fields.ForeignKeyField(
        "orders.OrderRow", related_name="parcels"
    )
    order_id: int
    waybill = fields.CharField(max_length=32, db_index=True)
    courier = fields.CharField(max_length=40)

    class Meta(Model.Meta):
        """Table name."""

        table = "orders_parcel"
