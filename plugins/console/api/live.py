"""The live line: what is new, and before that what was missed."""

from __future__ import annotations

import asyncio
from typing import Literal

from aiohttp import WSMsgType, web
from pydantic import Field, ValidationError

from core.store.models import Message
from plugins.console.ask import Ask
from plugins.console.cards import names
from plugins.console.hub import Hub, Seat, encode, item_frame, state_frame
from plugins.console.pages import Reader, about, cursor_of
from plugins.console.problems import Problem
from plugins.console.rooms import kinds_shown
from plugins.console.table import Shape

TOO_OLD = 5000  # rows behind: fetching everything anew is quicker
HEARTBEAT = 20.0
LARGEST = 4096
RECENT = 200


class After(Shape):
    """Where the page was."""

    after: str = ""


class Look(Shape):
    """What the page shows now."""

    t: Literal["look"]
    conversation: int | None = Field(None, gt=0, lt=2**63)
    typing: bool = False


async def live(ask: Ask, query: After) -> web.WebSocketResponse:
    """Hold the line until either side ends it."""
    # frames are made once for all: compressing them for each would cost more than all else
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LARGEST, compress=False)
    if not socket.can_prepare(ask.request):
        raise Problem(400, "bad-request", fields={"": "WebSocket"})
    await socket.prepare(ask.request)
    hub = ask.desk.hub
    seat = Seat(ask.session.id, ask.who.login, ask.who.name, ask.kinds, socket)
    writing = asyncio.create_task(seat.write(), name="desk-live")
    try:
        await _join(ask, seat, query.after)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await _heard(ask, seat, message.data)
    finally:
        hub.seats.discard(seat)
        hub.tell_viewers(seat.looks)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    return socket


async def _join(ask: Ask, seat: Seat, after: str) -> None:
    """What is told from here on waits in the seat until what was missed is replayed."""
    hub = ask.desk.hub
    hub.seats.add(seat)
    end = Reader(hub.position.message, hub.position.entry)
    begin = cursor_of(after) if after else None
    if begin is not None and not _near(begin, end):
        begin = None
    here = begin or end  # a line that breaks while replaying goes on where it broke
    seat.tell({"t": "hello", "cursor": here.cursor, "replaying": begin is not None})
    if after and begin is None:
        seat.tell({"t": "reload", "cursor": end.cursor})
    if begin is not None:
        start = begin.message
        await _replay(ask, seat, begin, end)
        seat.tell({"t": "replayed", "cursor": end.cursor})
        await _states(ask, seat, start)
    seat.open()


def _near(begin: Reader, end: Reader) -> bool:
    behind = (end.message - begin.message, end.entry - begin.entry)
    return all(0 <= number <= TOO_OLD for number in behind)


async def _replay(ask: Ask, seat: Seat, reader: Reader, end: Reader) -> None:
    """Everything after the cursor up to where the live line begins, if the person may see it."""
    told, staff = Reader(reader.message, reader.entry), await names()
    reader.behind(end)
    while reader.message < end.message or reader.entry < end.entry:
        if not (items := await reader.next()):
            return  # the last were erased since
        kinds = await kinds_shown(ask.desk, filter(None, map(about, items)))
        for item in items:
            limit, name = (
                (end.message, "message") if isinstance(item, Message) else (end.entry, "entry")
            )
            if item.id > limit:
                continue
            setattr(told, name, item.id)
            number, frame = item_frame(item, told.cursor, staff)
            if seat.may_hear(item, kinds.get(number or 0)):
                seat.put(encode(frame))
        await asyncio.sleep(0)


async def _states(ask: Ask, seat: Seat, start: int) -> None:
    """What became of the person's own messages that may have been on their way."""
    mine = Message.filter(direction="out", author=ask.owner, id__gt=start - RECENT)
    for row in await mine.order_by("-id").limit(RECENT):
        seat.tell(state_frame(row))


async def _heard(ask: Ask, seat: Seat, text: str) -> None:
    """The page says where the person looks."""
    try:
        look = Look.model_validate_json(text)
    except ValidationError:
        return  # a frame of a newer page, say
    number = look.conversation
    seen = await kinds_shown(ask.desk, [number] if number is not None else [])
    before, hub = seat.looks, ask.desk.hub
    seat.looks = number if number is not None and seen.get(number) in seat.kinds else None
    seat.typing = look.typing
    _tell(hub, before, seat.looks)


def _tell(hub: Hub, before: int | None, now: int | None) -> None:
    for number in {before, now}:
        hub.tell_viewers(number)
