"""The hub: everybody who has the page open, and what each of them hears."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import WSCloseCode, web

from core.message import ConversationKind
from core.store.models import Message
from plugins.console.ask import Services
from plugins.console.cards import deck, names
from plugins.console.messages import message_shape
from plugins.console.models import Place, Thread
from plugins.console.pages import Item, Reader, about, cursor_of
from plugins.console.strip import strip_of

MOST_WAITING = 2000  # frames
STRIPS = 1.0  # seconds between two tellings of the counts
ENDED, TOO_SLOW = 4401, 4409


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
    held: list[bytes] = field(default_factory=list[bytes])

    def tell(self, frame: Mapping[str, Any]) -> None:
        """Queue a frame; a page that reads too slowly is closed and will come back."""
        self.put(encode(frame))

    def put(self, data: bytes) -> None:
        """Queue bytes."""
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
        """Close it, whatever still waits."""
        while not self.frames.empty():
            self.frames.get_nowait()
        self.frames.put_nowait(code)

    async def write(self) -> None:
        """Write what is queued until the end."""
        with suppress(ConnectionError):
            while not self.socket.closed:
                frame = await self.frames.get()
                if isinstance(frame, int):
                    await self.socket.close(code=frame)
                    return
                await self.socket.send_str(frame.decode())


class Hub:
    """Tells each page what its person may see."""

    def __init__(self, desk: Services) -> None:
        """Nobody is there yet."""
        self._desk = desk
        self.seats: set[Seat] = set()
        self._stirred, self._strips_at = False, 0.0
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
        if not self.seats:
            self.position = cursor_of(items[-1][1]) or self.position
            return
        rows = await Thread.filter(conversation_id__in=touched)
        kinds = {row.conversation_id: ConversationKind(row.kind) for row in rows}
        staff = await names()
        for item, cursor in items:
            number, frame = item_frame(item, cursor, staff)
            data = encode(frame)
            for seat in self.seats:
                if not number or kinds.get(number) in seat.kinds:
                    seat.hear(data)
        self.position = cursor_of(items[-1][1]) or self.position
        await self._cards(rows)

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

    async def refresh(self, *numbers: int) -> None:
        """Tell everybody the cards of these conversations anew."""
        if self.seats:
            await self._cards(await Thread.filter(conversation_id__in=numbers))

    async def _cards(self, rows: Sequence[Thread]) -> None:
        if not rows or not self.seats:
            return
        whole = await deck(self._desk, rows)
        logins = {seat.login for seat in self.seats}
        marks = Place.filter(conversation_id__in=[t.conversation_id for t in rows])
        where = {(p.conversation_id, p.login): p for p in await marks.filter(login__in=logins)}
        made: dict[tuple[int, str], bytes] = {}
        plain = {thread.conversation_id: whole.card(thread, "", None) for thread in rows}
        base = {number: card.model_dump(mode="json") for number, card in plain.items()}
        for seat in self.seats:
            for thread in rows:
                if ConversationKind(thread.kind) in seat.kinds:
                    key = (thread.conversation_id, seat.login)
                    if key not in made:
                        mine = whole.personal(thread, seat.login, where.get(key))
                        card = {**base[thread.conversation_id], **mine}
                        made[key] = encode({"t": "card", "card": card})
                    seat.put(made[key])
        self._stirred = True

    async def breathe(self) -> None:
        """Tell the strips anew, at most once a second however much happens."""
        now = asyncio.get_running_loop().time()
        if self._stirred and now - self._strips_at >= STRIPS:
            self._stirred, self._strips_at = False, now
            await self._strips()

    async def _strips(self) -> None:
        for login in {seat.login for seat in self.seats}:
            mine = [seat for seat in self.seats if seat.login == login]
            strip = await strip_of(self._desk, login, mine[0].kinds)
            for seat in mine:
                seat.tell({"t": "strip", "strip": strip.model_dump(mode="json")})


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
