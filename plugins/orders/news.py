"""News of an order that somebody asked after: told once when it is sent and when it has arrived.

Who asked has proved whose the order is, so no list of customers is needed: the question sets a
deadline that looks again. The news is a :class:`~core.parts.Notice`, so that a channel with an
approved form for ``order.shipped`` or ``order.delivered`` carries it outside its reply window.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum

import structlog

from core.due import Due
from core.effects import Post
from core.parts import Notice
from core.turn import Turn
from plugins.orders.order import Order, Status
from plugins.orders.settings import OrderSettings
from plugins.orders.show import courier_of
from plugins.orders.source import OrderSource, SourceDown
from plugins.orders.tracking import CourierDesk, CourierDown, State

log = structlog.get_logger(__name__)
NEWS = "orders.news"
STALE = timedelta(days=3)  # news that could not be told until then is none any more


class Stage(IntEnum):
    """How far an order is; only what lies ahead is news."""

    WAITING = 0
    SHIPPED = 1
    DELIVERED = 2
    OVER = 3  # cancelled or refunded: nothing more to tell


async def stage_of(order: Order, courier: CourierDesk) -> Stage:
    """Where the order is; a courier that cannot be asked leaves it where the shop has it."""
    if order.status in {Status.UNPAID, Status.PAID}:
        return Stage.WAITING
    if order.status is Status.COMPLETED:
        return Stage.DELIVERED
    if order.status is not Status.SHIPPED:
        return Stage.OVER
    try:
        ways = [await courier.track(parcel, order.phone) for parcel in order.parcels]
    except CourierDown:
        return Stage.SHIPPED
    arrived = bool(ways) and all(way.state is State.DELIVERED for way in ways)
    return Stage.DELIVERED if arrived else Stage.SHIPPED


async def follow(turn: Turn, order: Order, courier: CourierDesk, settings: OrderSettings) -> None:
    """Look again for whoever has just seen the order, if there may be news."""
    now = turn.clock.now()
    stage = await stage_of(order, courier)
    if not settings.news_hours or stage >= Stage.DELIVERED:
        return
    until = (now + timedelta(days=settings.news_days)).isoformat()
    key = f"{turn.conversation.id}:{order.number}"
    data = {"number": order.number, "told": int(stage), "until": until, "locale": turn.locale}
    turn.at(timedelta(hours=settings.news_hours), NEWS, key, **data)
    if stage is Stage.WAITING:
        turn.reply("orders.will_tell")


async def look(
    due: Due, source: OrderSource, courier: CourierDesk, settings: OrderSettings
) -> None:
    """Tell what is new, and look again while there is more to come."""
    told = Stage(due.data["told"])
    try:
        order = await source.find(due.data["number"])
    except SourceDown as error:
        log.warning("orders.source_down", reason=str(error))
        _again(due, told, settings)
        return
    stage = Stage.OVER if order is None else await stage_of(order, courier)
    if order is not None and told < stage < Stage.OVER:
        notice = _notice(due, order, stage)
        due.post(Post((notice,), key=f"{NEWS}:{due.key}:{stage}", expires_in=STALE))
        due.emit(notice.purpose, conversation=due.conversation_id)
    if stage < Stage.DELIVERED:
        _again(due, max(told, stage), settings)


def _again(due: Due, told: Stage, settings: OrderSettings) -> None:
    if due.clock.now() < datetime.fromisoformat(due.data["until"]):
        due.at(
            timedelta(hours=settings.news_hours), NEWS, due.key, **{**due.data, "told": int(told)}
        )


def _notice(due: Due, order: Order, stage: Stage) -> Notice:
    """The news in words, and in values for an approved form."""
    locale, purpose = due.data["locale"], f"order.{stage.name.lower()}"
    parcel = order.parcels[0] if order.parcels else None
    values = {
        "order": order.number,
        "item": order.items[0].title if order.items else order.number,
        "courier": courier_of(due.texts, locale, parcel),
        "waybill": parcel.waybill if parcel else "",
    }
    key = f"orders.news_{stage.name.lower()}"
    key = f"{key}_by" if parcel and stage is Stage.SHIPPED else key
    return Notice(purpose, due.texts.render(key, locale, **values), values)
