"""Orders: "where is my parcel", answered after the customer proved that the order is theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

import aiohttp
from pydantic import StringConstraints

from core.clock import Clock
from core.due import Due
from core.forms.form import Form, ask
from core.message import ConversationKind
from core.plugin import Plugin
from core.turn import Turn
from core.understand import Recogniser
from plugins.orders.book import Book
from plugins.orders.desk import OrderDesk
from plugins.orders.hearing import TAIL, TRACK, hear
from plugins.orders.http_source import HttpOrders
from plugins.orders.keeps import HOLDINGS, same_order
from plugins.orders.kuaidi100 import Kuaidi100
from plugins.orders.news import look
from plugins.orders.order import Number
from plugins.orders.settings import OrderSettings
from plugins.orders.source import OrderSource
from plugins.orders.tracking import CourierDesk, NoCourier

plugin = Plugin(
    "orders",
    settings=OrderSettings,
    models="plugins.orders.models",
    cli="plugins.orders.commands:app",
    package="plugins.orders",
)
plugin.holds(*HOLDINGS)
plugin.likens(same_order)
PATIENCE = 65.0  # source and courier have limits of their own, of half a minute at most


Typed = Annotated[Number, StringConstraints(to_upper=True)]
OWN_NUMBER = r"(?=.*[0-9])[0-9a-z][0-9a-z-]{4,39}"  # in a shape that only this shop has


class Track(Form):
    """What a customer must say before an order is shown."""

    number: Typed = ask(
        "orders.ask_number", again="orders.again_number", entity="order_no", alone=OWN_NUMBER
    )
    tail: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")] = ask(
        "orders.ask_tail", again="orders.again_tail", entity=TAIL
    )


@plugin.provides
async def source(settings: OrderSettings) -> AsyncIterator[OrderSource]:
    """The shop's orders: the book, or another system over HTTP."""
    if settings.http is None or settings.source == "book":
        yield Book()
        return
    async with aiohttp.ClientSession() as session:
        yield HttpOrders(session, settings.http)


@plugin.provides
async def couriers(settings: OrderSettings, clock: Clock) -> AsyncIterator[CourierDesk]:
    """The courier to ask, with what it said lately."""
    keep = timedelta(minutes=settings.courier.cache_minutes)
    if settings.courier.provider == "none":
        yield CourierDesk(NoCourier(), clock, keep)
        return
    async with aiohttp.ClientSession() as session:
        yield CourierDesk(Kuaidi100(session, settings.courier), clock, keep)


@plugin.provides
async def desk(
    orders: OrderSource, courier: CourierDesk, settings: OrderSettings
) -> AsyncIterator[OrderDesk]:
    """What customers may ask of their orders."""
    yield OrderDesk(orders, courier, settings)


@plugin.recogniser
def recogniser() -> Recogniser:
    """Hear the wish to know where a parcel is."""
    return hear


@plugin.on(intent=TRACK, kinds=ConversationKind.DIRECT, seconds=PATIENCE)
async def track(turn: Turn, desk: OrderDesk) -> None:
    """Show the order at once where it is proved already, else ask for what is missing."""
    heard = turn.understanding
    number = heard.first("order_no") or heard.first("tracking_no")
    tail = heard.first(TAIL)
    if number and tail:
        await desk.show_proved(turn, number, tail)
    elif not await desk.show_known(turn, number):
        known = {"number": number, "tail": tail}
        turn.ask(Track, **{name: value for name, value in known.items() if value})


@plugin.on(intent=TRACK, kinds=(ConversationKind.GROUP, ConversationKind.LIVE))
async def track_in_public(turn: Turn) -> None:
    """Where others read along, an order is no topic: ask into a private chat."""
    turn.reply("orders.private")


@plugin.form(Track, seconds=PATIENCE)
async def tracked(turn: Turn, form: Track, desk: OrderDesk) -> None:
    """Show the order that was asked for."""
    await desk.show_proved(turn, form.number, form.tail)


@plugin.due()
async def news(due: Due, orders: OrderSource, desk: CourierDesk, settings: OrderSettings) -> None:
    """Tell whoever asked after an order what has become of it since."""
    await look(due, orders, desk, settings)
