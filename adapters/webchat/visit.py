"""One visit: the protocol on a socket from ``hello`` to its end.

The frames are those of :mod:`adapters.webchat.wire`.
"""

import asyncio
from dataclasses import dataclass, field

from aiohttp import WSCloseCode, WSMsgType, web

from adapters.webchat.hub import Hub
from adapters.webchat.identity import Identities
from adapters.webchat.limits import Bucket, Meter
from adapters.webchat.line import Line
from adapters.webchat.settings import WebChatSettings
from adapters.webchat.wire import (
    Accepted,
    Context,
    FromPage,
    Got,
    Hello,
    Item,
    Refusal,
    Say,
    Seen,
    Speak,
    Sync,
    Synced,
    Typing,
    Welcome,
    decode,
    from_history,
)
from core.adapter import Channel, HistoryItem
from core.clock import wait_for
from core.message import Inbound, Sender
from core.parts import AnyPart, Event, Text
from core.texts import nearest

HELLO_WITHIN = 10.0  # seconds
GONE = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED})
MALFORMED_AT_MOST = 10
PAGE_OF_HISTORY = 50
# An id is given before its row is committed, so a lower one may become visible a little later.
OVERLAP = 32
NEVER_SENT = frozenset({"failed", "expired", "cancelled"})
TYPING_EVERY = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class House:
    """What all visits of a channel share."""

    channel: Channel
    settings: WebChatSettings
    identities: Identities
    hub: Hub
    meter: Meter


@dataclass(slots=True)
class Visit:
    """A visitor's open page. ``cookie`` is its token if the page is not embedded elsewhere."""

    house: House
    socket: web.WebSocketResponse
    cookie: str = ""
    line: Line = field(init=False)
    me: str = field(init=False, default="")
    _customer: str = field(init=False, default="")
    _locale: str = field(init=False, default="")
    _context: Context = field(init=False, default_factory=dict[str, str])
    _malformed: int = field(init=False, default=0)
    _typing_marks: Bucket | None = field(init=False, default=None)

    async def run(self) -> None:
        """Greet, bring what was missed, then listen until the socket ends."""
        hello = await self._hello()
        if hello is None:
            await self.socket.close(code=WSCloseCode.POLICY_VIOLATION)
            return
        token = self._identify(hello)
        self.line = Line(self.socket, self.me)
        pump = asyncio.create_task(self.line.pump())
        try:
            self.line.put(Welcome(self.me, token))
            self.house.hub.join(self.line)
            await self._catch_up(hello.after)
            await self._listen()
        finally:
            self.house.hub.leave(self.line)
            pump.cancel()
            await self.line.finish()

    async def _hello(self) -> Hello | None:
        """The first frame, or nothing if something else comes or nothing in time."""
        channel = self.house.channel
        try:
            message = await wait_for(channel.clock, self.socket.receive(), HELLO_WITHIN)
        except TimeoutError:
            channel.refuse("no-hello")
            return None
        frame = decode(message.data)
        if isinstance(frame, Hello):
            return frame
        if message.type not in GONE:
            channel.refuse("malformed-frame")
        return None

    def _identify(self, hello: Hello) -> str:
        """Find out who this is; returns the token to keep, if there is no cookie."""
        identities = self.house.identities
        visitor = identities.visitor(self.cookie) if self.cookie else None
        token = ""
        if visitor is None:
            known = identities.visitor(hello.token) if hello.token else None
            token = identities.issue(known or "")
            visitor = identities.visitor(token) or ""
        if hello.customer is not None:
            self._customer = identities.customer(hello.customer) or ""
            if not self._customer:
                self.house.channel.refuse("unproven-customer")
        self.me = f"c_{self._customer}" if self._customer else visitor
        self._locale = nearest(hello.locale, self.house.settings.default_locale)
        self._context = hello.context
        return token

    async def _catch_up(self, after: int) -> None:
        """Show everything after an id (the last messages for a fresh page), oldest first."""
        with self.line.holding():
            position = max(1, after - OVERLAP) if after else 0
            while True:
                rows = await self.house.channel.history(self.me, position, PAGE_OF_HISTORY)
                self._show([row for row in rows if row.state not in NEVER_SENT])
                if not position or len(rows) < PAGE_OF_HISTORY:
                    break
                position = rows[-1].id
        self.line.put(Synced())

    def _show(self, rows: list[HistoryItem]) -> None:
        items = [from_history(row) for row in rows]
        if items:
            self.line.show(items, [row.state for row in rows])

    async def _listen(self) -> None:
        """Take frame after frame; a page that floods or babbles is cut off."""
        channel = self.house.channel
        flood = Bucket(channel.clock, size=80, per_second=20)
        async for message in self.socket:
            if message.type is WSMsgType.ERROR:
                channel.refuse("frame-too-big")
                return
            if flood.take():
                channel.refuse("flood")
                self.line.cut(WSCloseCode.POLICY_VIOLATION)
                return
            frame = decode(message.data)
            if frame is not None:
                await self._take(frame)
            elif self._is_babble():
                return

    def _is_babble(self) -> bool:
        """Answer a malformed frame; true when there were too many."""
        self.house.channel.refuse("malformed-frame")
        self.line.put(Refusal("malformed"))
        self._malformed += 1
        if self._malformed < MALFORMED_AT_MOST:
            return False
        self.line.cut(WSCloseCode.POLICY_VIOLATION)
        return True

    async def _take(self, frame: FromPage) -> None:
        match frame:
            case Say():
                await self._say(frame)
            case Sync(after=after):
                await self._catch_up(after)
            case Got(id=message_id):
                await self._mark(message_id, "delivered")
            case Seen(id=message_id):
                await self._mark(message_id, "read")
            case Typing():
                await self._typing()
            case Speak(locale=locale):
                self._locale = nearest(locale, self.house.settings.default_locale)
            case Hello():  # a second one would change who this is
                self._is_babble()

    async def _mark(self, up_to: int, state: str) -> None:
        for message_id in self.line.confirm(up_to, state):
            await self.house.channel.mark(message_id, state)

    async def _say(self, say: Say) -> None:
        """Make the message durable, tell this page, and show it in the visitor's other windows."""
        # Databases refuse NUL and single halves of a surrogate pair.
        text = say.text.replace("\0", "").encode("utf-8", "replace").decode().strip()
        if reason := self._unfit(text):
            self.line.put(Refusal(reason, say.id))
            return
        if wait := self.house.meter.take(self.me):
            self.house.channel.refuse("rate")
            self.line.put(Refusal("rate", say.id, round(wait, 1)))
            return
        choice: tuple[AnyPart, ...] = (Event("choice", say.choice),) if say.choice else ()
        now = self.house.channel.clock.now()
        proven = {"customer_id": self._customer} if self._customer else {}
        await self.house.channel.accept(
            [
                Inbound(
                    key=f"{self.me}:{say.id}",
                    conversation=self.me,
                    sender=Sender(self.me, locale=self._locale, proven=proven),
                    parts=(Text(text), *choice),
                    sent_at=now,
                    context=dict(self._context),
                )
            ]
        )
        self.line.put(Accepted(say.id))
        echo = Item(0, mine=True, key=say.id, parts=(Text(text),), at=now.isoformat())
        for other in self.house.hub.of(self.me):
            if other is not self.line:
                other.push(echo)

    def _unfit(self, text: str) -> str:
        """Why a text is not taken, or an empty string."""
        if not text:
            return "empty"
        return "too-long" if len(text) > self.house.settings.max_text else ""

    async def _typing(self) -> None:
        """Tell the desk, not oftener than it can use."""
        if self._typing_marks is None:
            self._typing_marks = Bucket(self.house.channel.clock, 1, 1 / TYPING_EVERY)
        if not self._typing_marks.take():
            await self.house.channel.board("typing", {"conversation": self.me})
