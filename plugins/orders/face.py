"""What other plugins may use of the orders (after naming it in ``requires``)."""

from __future__ import annotations

from plugins.orders.book import store
from plugins.orders.files import parse, read
from plugins.orders.kuaidi100 import Kuaidi100, sign
from plugins.orders.models import OrderRow
from plugins.orders.order import Order, Parcel
from plugins.orders.proof import bound, proves, vouched
from plugins.orders.settings import CourierSettings
from plugins.orders.source import OrderSource, SourceDown
from plugins.orders.tracking import Courier, CourierDesk, CourierDown, State

__all__ = [
    "Courier",
    "CourierDesk",
    "CourierDown",
    "CourierSettings",
    "Kuaidi100",
    "Order",
    "OrderRow",
    "OrderSource",
    "Parcel",
    "SourceDown",
    "State",
    "bound",
    "parse",
    "proves",
    "read",
    "sign",
    "store",
    "vouched",
]
