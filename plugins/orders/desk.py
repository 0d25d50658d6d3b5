"""What customers may ask of their orders, and what they get to hear."""

from __future__ import annotations

import structlog

from core.turn import Turn
from plugins.orders.news import follow
from plugins.orders.order import Order
from plugins.orders.proof import bind, blocked, bound, count_wrong, proves, vouched
from plugins.orders.settings import OrderSettings
from plugins.orders.show import Showing, describe
from plugins.orders.source import OrderSource, SourceDown
from plugins.orders.tracking import CourierDesk

log = structlog.get_logger(__name__)


class OrderDesk:
    """Looks orders up for whoever proved that they are theirs."""

    def __init__(self, source: OrderSource, courier: CourierDesk, settings: OrderSettings) -> None:
        """Ask ``source`` for orders and ``courier`` for parcels."""
        self._source = source
        self._courier = courier
        self._settings = settings

    async def known(self, turn: Turn, number: str | None) -> Order | None:
        """The order that this person may see without another question, if there is one.

        ``number`` is the one they named, if they did. Raises :class:`SourceDown`.
        """
        customer = turn.proven.get("customer_id", "")
        if customer:
            named = await self._source.find(number) if number else None
            order = named or (None if number else await self._source.latest(customer))
            if vouched(order, customer):
                return order
        earlier = bound(turn.memory, turn.clock.now())
        if earlier is None:
            return None
        if number in {None, earlier.number}:
            order = await self._source.find(earlier.number)
            return order if proves(order, earlier.tail) else None
        return await self._try_tail(turn, str(number), earlier.tail)

    async def _try_tail(self, turn: Turn, number: str, tail: str) -> Order | None:
        """Another order with the tail that was proved: a try like any other, and counted as one."""
        now = turn.clock.now()
        if blocked(turn.memory, now, self._settings.tries):
            return None
        order = await self._source.find(number)
        if proves(order, tail):
            return order
        count_wrong(turn.memory, now)
        return None

    async def show_known(self, turn: Turn, number: str | None) -> bool:
        """Show such an order; whether there was one, or the failure to look was said."""
        try:
            order = await self.known(turn, number)
        except SourceDown as error:
            self._down(turn, error)
            return True
        if order is not None:
            await self._show(turn, order)
        return order is not None

    async def show_proved(self, turn: Turn, number: str, tail: str) -> None:
        """Show the order if the tail proves it; else refuse without telling whether it exists."""
        now = turn.clock.now()
        if blocked(turn.memory, now, self._settings.tries):
            turn.reply("orders.too_many")
            return
        try:
            order = await self._source.find(number)
        except SourceDown as error:
            self._down(turn, error)
            return
        if order is not None and proves(order, tail):
            bind(turn.memory, order, now, self._settings.bound_hours)
            await self._show(turn, order)
            return
        count_wrong(turn.memory, now)
        turn.emit("orders.proof_failed", count=len(turn.memory["wrong"]))
        over = blocked(turn.memory, now, self._settings.tries)
        if over:
            turn.reply("orders.too_many")
        else:
            turn.reply("orders.no_match")

    async def _show(self, turn: Turn, order: Order) -> None:
        showing = Showing(turn.texts, turn.locale, self._settings.nodes)
        turn.say(await describe(order, self._courier, showing))
        turn.emit("orders.shown", status=str(order.status), parcels=len(order.parcels))
        await follow(turn, order, self._courier, self._settings)

    @staticmethod
    def _down(turn: Turn, error: SourceDown) -> None:
        log.warning("orders.source_down", reason=str(error))
        turn.emit("orders.source_down", reason=str(error))
        turn.reply("orders.source_down")
