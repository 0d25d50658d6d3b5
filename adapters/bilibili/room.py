"""The room: takes decoded packets, hands people's doings to the core and news to the journal."""

from __future__ import annotations

from adapters.bilibili.client import Game
from adapters.bilibili.commands import BadCommandError, LiveEvent, normalize
from adapters.bilibili.frames import Decoded, Op
from adapters.bilibili.wire import BOARD, inbound, news
from core.adapter import Channel
from core.message import Inbound

_MAX_UNKNOWN = 100  # names noted; enough for a new release of the platform, too few to flood


class Room:
    """One session's room. ``take`` is called for every WebSocket message, in order."""

    def __init__(self, channel: Channel, game: Game) -> None:
        self._channel = channel
        self._game = game
        self._popularity: int | None = None
        self._unknown: set[str] = set()

    async def take(self, decoded: Decoded) -> bool:
        """Deliver what a message held; true when the platform has ended our session with it."""
        if decoded.error:
            self._channel.refuse(decoded.error)
        events = self._events(decoded)
        if messages := [self._inbound(event) for event in events if self._is_message(event)]:
            await self._channel.accept(messages)
        for packet in decoded.packets:
            if packet.popularity is not None:
                await self._note_popularity(packet.popularity)
        return any([await self._note(event) for event in events])

    def _events(self, decoded: Decoded) -> list[LiveEvent]:
        events: list[LiveEvent] = []
        for packet in decoded.packets:
            if packet.op != Op.MESSAGE:
                continue
            try:
                events.append(normalize(packet.json))
            except BadCommandError as error:
                self._channel.refuse(str(error))
        return events

    def _is_message(self, event: LiveEvent) -> bool:
        return event.kind not in BOARD and event.kind != "unknown"

    def _inbound(self, event: LiveEvent) -> Inbound:
        return inbound(event, self._game.room_id, self._game.host_id, self._channel.clock.now())

    async def _note(self, event: LiveEvent) -> bool:
        """Journal what is the room's own news; true for the end of this session."""
        if event.kind == "unknown":
            await self._note_unknown(event.command)
            return False
        if event.kind == "session_end" and event.details["session_id"] != self._game.game_id:
            return False  # another session of this application
        if event.kind in BOARD:
            await self._channel.board(BOARD[event.kind], news(event, self._game.room_id))
        return event.kind == "session_end"

    async def _note_unknown(self, command: str) -> None:
        if command not in self._unknown and len(self._unknown) < _MAX_UNKNOWN:
            self._unknown.add(command)
            await self._channel.board(
                "unknown", {"room": self._game.room_id, "command": command[:100]}
            )

    async def _note_popularity(self, value: int) -> None:
        if value != self._popularity:
            self._popularity = value
            await self._channel.board("popularity", {"room": self._game.room_id, "value": value})
