"""Facts that are looked up: the order of this very customer, where its proof still holds.

Nothing is tried here: an order number in the message that is not the proven one brings no fact, and
no wrong guess is counted or answered. Only our own sentences are told (status, where the parcel
is); free text of others (titles, remarks, nicknames, couriers' words) never reaches a model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from core.turn import Turn
from plugins.grounded.verify import Source
from plugins.orders.face import (
    CourierDesk,
    CourierDown,
    Order,
    OrderSource,
    SourceDown,
    State,
    proves,
    vouched,
)
from plugins.orders.face import bound as proven_before

log = structlog.get_logger(__name__)
SECONDS = 1.0  # for all that is looked up
FACT = "fact:order"  # no entry can have such an id


@dataclass(frozen=True, slots=True)
class Facts:
    """What was looked up, and what the placeholders in it stand for."""

    sources: tuple[Source, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    names: tuple[str, ...] = ()  # to be hidden in the customer's words


@dataclass(frozen=True, slots=True)
class LookUp:
    """Where facts are looked up; nowhere in a shop without orders."""

    orders: OrderSource | None
    couriers: CourierDesk | None

    async def facts(self, turn: Turn) -> Facts:
        """The facts on the customer's order, or none; a source that is down or slow is none."""
        if self.orders is None:
            return Facts()
        try:
            async with asyncio.timeout(SECONDS):
                order = await _own(turn, self.orders)
                return Facts() if order is None else await self._of(turn, order)
        except (SourceDown, TimeoutError) as error:
            log.info("grounded.no_facts", reason=type(error).__name__)
            return Facts()

    async def _of(self, turn: Turn, order: Order) -> Facts:
        def say(key: str, **values: object) -> str:
            return turn.texts.render(key, turn.locale, **values)

        status = say(f"orders.status_{order.status}")
        told = [say("grounded.fact_order", order="{order}", status=status)]
        for state in await self._states(order):
            where = say(f"orders.state_{state}")
            told.append(say("grounded.fact_parcel", order="{order}", state=where))
        title = say("grounded.fact_title")
        names = (order.buyer,) if order.buyer else ()
        return Facts((Source(FACT, "\n".join(told), title),), {"order": order.number}, names)

    async def _states(self, order: Order) -> list[State]:
        """Where the parcels are, as far as the courier can be asked."""
        found: list[State] = []
        if self.couriers is None:
            return found
        for parcel in order.parcels:
            with suppress(CourierDown):
                found.append((await self.couriers.track(parcel, order.phone)).state)
        return found


async def _own(turn: Turn, orders: OrderSource) -> Order | None:
    """The order that the channel vouches for, or that was proved in this conversation."""
    named = turn.understanding.first("order_no") or turn.understanding.first("tracking_no")
    customer = turn.proven.get("customer_id", "")
    if customer:
        order = await (orders.find(named) if named else orders.latest(customer))
        return order if vouched(order, customer) else None
    earlier = proven_before(turn.conversation.memory.get("orders", {}), turn.clock.now())
    if earlier is None:
        return None
    order = await orders.find(earlier.number)
    if order is None or not proves(order, earlier.tail):
        return None
    own = {order.number, *(parcel.waybill for parcel in order.parcels)}
    return order if named is None or named.upper() in {n.upper() for n in own} else None
