"""An order in plain words: where it is, the parcels' latest steps, and a masked phone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from core.texts import Texts
from plugins.orders.order import Order, Parcel, Status
from plugins.orders.tracking import CourierDesk, CourierDown, State, Track

log = structlog.get_logger(__name__)
WAITING = {Status.UNPAID: "orders.not_paid", Status.PAID: "orders.not_shipped"}


@dataclass(frozen=True, slots=True)
class Showing:
    """How to show: the sentences, the reader's locale, and how many steps of a parcel's way."""

    texts: Texts
    locale: str
    nodes: int

    def say(self, key: str, /, **values: object) -> str:
        """One sentence."""
        return self.texts.render(key, self.locale, **values)


async def describe(order: Order, desk: CourierDesk, showing: Showing) -> str:
    """The whole answer. A courier that cannot be asked is said, and hides nothing else."""
    say = showing.say
    lines = [say("orders.head", number=order.number, status=say(f"orders.status_{order.status}"))]
    if order.items:
        items = (say("orders.item", title=i.title, count=i.count) for i in order.items)
        lines.append(say("orders.items", items=say("orders.item_comma").join(items)))
    ways = await asyncio.gather(*(_ask(desk, parcel, order.phone) for parcel in order.parcels))
    for parcel, track in zip(order.parcels, ways, strict=True):
        lines += _parcel(parcel, track, showing)
    if not order.parcels and order.status in WAITING:
        lines.append(say(WAITING[order.status]))
    lines.append(say("orders.phone", phone=mask(order.phone)))
    return "\n".join(lines)


async def _ask(desk: CourierDesk, parcel: Parcel, phone: str) -> Track | None:
    try:
        return await desk.track(parcel, phone)
    except CourierDown as error:
        log.warning("orders.courier_down", courier=parcel.courier, reason=str(error))
        return None


def _parcel(parcel: Parcel, track: Track | None, showing: Showing) -> list[str]:
    say = showing.say
    courier = courier_of(showing.texts, showing.locale, parcel)
    state = say(f"orders.state_{track.state if track else State.UNKNOWN}")
    lines = [say("orders.parcel", courier=courier, waybill=parcel.waybill, state=state)]
    if track is None:
        return [*lines, say("orders.track_down")]
    if not track.nodes:
        return [*lines, say("orders.no_nodes")]
    nodes = track.nodes[: showing.nodes]
    return [*lines, *(say("orders.node", at=node.at, text=node.text) for node in nodes)]


def courier_of(texts: Texts, locale: str, parcel: Parcel | None) -> str:
    """The courier's name, or the word for any courier."""
    key = f"orders.courier_{parcel.courier}" if parcel else ""
    return texts.render(key if key and texts.has(key) else "orders.courier_other", locale)


def mask(phone: str) -> str:
    """A phone number to show: the first three and last four digits."""
    return f"{phone[:3]}****{phone[-4:]}"
