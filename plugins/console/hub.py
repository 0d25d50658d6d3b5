"""The hub: everybody who has the page open, and what each of them hears."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import WSCloseCode, WSMsgType, web

from core.message import ConversationKind
from core.store.models import JournalEntry, Message
from plugins.console.ask import Services
from plugins.console.cards import Deck, deck, names
from plugins.console.messages import message_shape
from plugins.console.models import Place, Thread
from plugins.console.pages import Item, Reader, about, cursor_of
from plugins.console.roles import StaffRole, kinds_of
from plugins.console.rooms import kinds_shown, of_staff
from plugins.console.sessions import staff_of
from plugins.console.strip import strips_of

MOST_WAITING, AT_ONCE = 2000, 200  # frames
STRIPS = 2.0  # seconds between two tellings of the counts
WATCH = 1.0  # seconds between two looks at who may still be here
ENDED, TOO_SLOW = 4401, 4409
HOUSEWORK = ("faq.", "settings.")  # of what no customer said: for those too who see no conversation
CASES = ("compensation.", "complaint.", "incident.")  # of customers: for those who see direct ones


@dataclass(eq=False, slots=True)
class Seat:
    """One open page. ``frames`` wait to be written; ``looks`` is the conversation it shows."""

    session: int
    login: str
    name: str
    kinds: frozenset[ConversationKind]
    socket: web.WebSocketResponse
    frames: asyncio.Queue[bytes | int] = field(
        default_factory=lambda: asyncio.Queue[bytes | int](MOST_WAITING)
    )
    looks: int | None = None
    typing: bool = False
    live: bool = False
    ended: bool = False
    held: list[bytes] = field(default_factory=list[bytes])

    def may_hear(self, item: Item, kind: ConversationKind | None) -> bool:
        """Whether a row is for this person; ``kind``: of the conversation that it is about."""
        if about(item):
            return kind in self.kinds
        said = item.kind if isinstance(item, JournalEntry) else ""
        if said.startswith(CASES):
            return ConversationKind.DIRECT in self.kinds
        return said.startswith(HOUSEWORK) or bool(self.kinds)

    def tell(self, frame: Mapping[str, Any]) -> None:
        """Queue a frame; a page that reads too slowly is closed and will come back."""
        self.put(encode(frame))

    def put(self, data: bytes) -> None:
        """Queue bytes."""
        if self.ended:
            return
        try:
            self.frames.put_nowait(data)
        except asyncio.QueueFull:
            self.end(TOO_SLOW)

    def hear(self, data: bytes) -> None:
        """Something new; while older things are replayed it waits behind them."""
        if self.live:
            self.put(data)
        else:
            self.held.append(data)

    def open(self) -> None:
        """The past is told: now what waited behind it, and then everything as it comes."""
        for data in self.held:
            self.put(data)
        self.held, self.live = [], True

    def end(self, code: int) -> None:
        """Close it, whatever still waits; nothing follows, or the page would miss what waited."""
        if self.ended:
            return
        self.ended = True
        while not self.frames.empty():
            self.frames.get_nowait()
        self.frames.put_nowait(code)

    async def write(self) -> None:
        """Write what is queued until the end: all that waits at once, one frame a line."""
        with suppress(ConnectionError):
            while not self.socket.closed:
                found = [await self.frames.get()]
                while not self.frames.empty() and len(found) < AT_ONCE:
                    found.append(self.frames.get_nowait())
                said = [frame for frame in found if isinstance(frame, bytes)]
                if said:
                    await self.socket.send_frame(b"\n".join(said), WSMsgType.TEXT)
                if isinstance(code := found[-1], int):
                    await self.socket.close(code=code)
                    return


class Hub:
    """Tells each page what its person may see."""

    def __init__(self, desk: Services) -> None:
        """Nobody is there yet."""
        self._desk = desk
        self.seats: set[Seat] = set()
        self._stirred, self._strips_at, self._watched_at = False, 0.0, 0.0
        self.position = Reader()  # what is older was told; moved in one step with the telling

    def end(self, sessions: Iterable[int]) -> None:
        """These sessions are over."""
        gone = set(sessions)
        for seat in [seat for seat in self.seats if seat.session in gone]:
            seat.end(ENDED)

    async def close(self, _app: object) -> None:
        """The house closes."""
        for seat in list(self.seats):
            await seat.socket.close(code=WSCloseCode.GOING_AWAY)

    async def told(self, items: Sequence[tuple[Item, str]], touched: set[int]) -> None:
        """New items, each with the cursor after it; then the cards of what they are about."""
        end = cursor_of(items[-1][1]) or self.position
        try:
            if self.seats:
                await self._watch()
                await self._tell(items)
            self.position = end
            if self.seats:
                await self._cards(await Thread.filter(conversation_id__in=touched))
        except BaseException:  # whoever missed something comes back with a cursor before the end
            for seat in self.seats:
                seat.end(TOO_SLOW)
            self.position = end
            raise

    async def _tell(self, items: Sequence[tuple[Item, str]]) -> None:
        kinds = await kinds_shown(self._desk, filter(None, (about(item) for item, _ in items)))
        staff = await names()
        for item, cursor in items:
            number, frame = item_frame(item, cursor, staff)
            data, kind = encode(frame), kinds.get(number or 0)
            for seat in self.seats:
                if seat.may_hear(item, kind):
                    seat.hear(data)

    async def states(self, rows: Sequence[Message]) -> None:
        """What became of sends."""
        for row in rows:
            data = encode(state_frame(row))
            for seat in self.seats:
                if seat.looks == row.conversation_id or row.author == f"agent:{seat.login}":
                    seat.put(data)

    def viewers(self, number: int) -> list[dict[str, Any]]:
        """Who looks at a conversation now, each once."""
        found: dict[str, dict[str, Any]] = {}
        for seat in self.seats:
            if seat.looks == number:
                typing = seat.typing or found.get(seat.login, {}).get("typing", False)
                found[seat.login] = {"login": seat.login, "name": seat.name, "typing": typing}
        return sorted(found.values(), key=lambda viewer: str(viewer["login"]))

    def tell_viewers(self, number: int | None) -> None:
        """Tell everybody who looks at a conversation who else does."""
        if number is None:
            return
        frame = {"t": "viewers", "conversation": number, "people": self.viewers(number)}
        for seat in self.seats:
            if seat.looks == number:
                seat.tell(frame)

    async def refresh(self, *numbers: int, only: str = "") -> None:
        """Tell the cards of these conversations anew, to everybody or ``only`` to one person."""
        if self.seats:
            await self._cards(await Thread.filter(conversation_id__in=numbers), only)

    async def _cards(self, rows: Sequence[Thread], only: str = "") -> None:
        seats = [seat for seat in self.seats if only in {"", seat.login}]
        if not rows or not seats:
            return
        whole = await deck(self._desk, rows)
        logins = {seat.login for seat in seats}
        marks = Place.filter(conversation_id__in=[t.conversation_id for t in rows])
        where = {(p.conversation_id, p.login): p for p in await marks.filter(login__in=logins)}
        for thread in rows:
            if of_staff(self._desk, whole.conversations[thread.conversation_id]):
                continue
            made = card_frames(whole, thread, logins, where)
            kind = ConversationKind(thread.kind)
            for seat in seats:
                if kind in seat.kinds:
                    seat.put(made.get(seat.login) or made[""])
        self._stirred = True

    async def breathe(self) -> None:
        """Look who is still here, and tell the strips anew, now and then however much happens."""
        await self._watch()
        now = asyncio.get_running_loop().time()
        if self._stirred and now - self._strips_at >= STRIPS:
            self._stirred, self._strips_at = False, now
            await self._strips()

    async def _watch(self) -> None:
        """End the lines of sessions that are over, whichever process or command ended them."""
        now, seats = asyncio.get_running_loop().time(), list(self.seats)
        if not seats or now - self._watched_at < WATCH:
            return
        self._watched_at = now
        people = await staff_of(self._desk, (seat.session for seat in seats))
        for seat in seats:
            who = people.get(seat.session)
            if who is None or kinds_of(map(StaffRole, who.roles)) != seat.kinds:
                seat.end(ENDED)

    async def _strips(self) -> None:
        people = {seat.login: seat.kinds for seat in self.seats if seat.kinds}
        strips = await strips_of(self._desk, people) if people else {}
        for seat in [seat for seat in self.seats if seat.login in strips]:
            seat.tell({"t": "strip", "strip": strips[seat.login].model_dump(mode="json")})


def item_frame(
    item: Item, cursor: str, staff: Mapping[str, str]
) -> tuple[int | None, dict[str, Any]]:
    """A row as a frame, with the conversation it is about."""
    if isinstance(item, Message):
        shape = message_shape(item, staff).model_dump(mode="json")
        return item.conversation_id, {"t": "message", "cursor": cursor, "message": shape}
    number = about(item)
    event = {
        "number": item.id,
        "kind": item.kind,
        "at": item.at.isoformat(),
        "conversation": number,
        "data": item.data,
    }
    return number, {"t": "event", "cursor": cursor, "event": event}


def card_frames(
    whole: Deck, thread: Thread, logins: Iterable[str], where: Mapping[tuple[int, str], Place]
) -> dict[str, bytes]:
    """The card of a thread by login; ``""``: as all see it who never did anything with it."""
    number = thread.conversation_id
    plain = whole.card(thread, "", None).model_dump(mode="json")
    made = {"": encode({"t": "card", "card": plain})}
    for login in logins:
        place = where.get((number, login))
        if place is not None or thread.owner == f"agent:{login}":
            card = {**plain, **whole.personal(thread, login, place)}
            made[login] = encode({"t": "card", "card": card})
    return made


def state_frame(row: Message) -> dict[str, Any]:
    """The state of an outgoing message as a frame."""
    return {
        "t": "state",
        "conversation": row.conversation_id,
        "message": row.id,
        "state": row.state,
        "error": row.error,
    }


def encode(frame: Mapping[str, Any]) -> bytes:
    """A frame as it goes over the wire."""
    return orjson.dumps(frame)
