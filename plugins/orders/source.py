"""Where orders come from, behind one interface."""

from __future__ import annotations

from typing import Protocol

from plugins.orders.order import Order


class SourceDown(Exception):  # noqa: N818 - a state of the world, named as people say it
    """The orders cannot be asked for now; the message is for the log, not for customers."""


class OrderSource(Protocol):
    """Finds orders. It proves nothing: whoever asks must check whose order it is."""

    async def find(self, number: str) -> Order | None:
        """The order with that number or a parcel of that waybill. Raises :class:`SourceDown`."""
        ...

    async def latest(self, customer_id: str) -> Order | None:
        """The newest order of a customer of the shop. Raises :class:`SourceDown`."""
        ...
