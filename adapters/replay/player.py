"""Plays a recording into the ledger at its pace.

After a restart the pass is taken up where the ledger's bookmark lies: what came before it is
offered again at once, and the ledger drops what it has, so that a ``kill -9`` neither doubles nor
loses a comment; then the pass goes on at its pace. A recording that is not looped and was played to
its end therefore stays silent after a restart; another ``room`` plays it afresh.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.replay import bookmark
from adapters.replay.bookmark import Mark
from adapters.replay.pace import Pace
from adapters.replay.recording import BadLine, Comment, Recording, RecordingError
from adapters.replay.settings import ReplaySettings
from core.adapter import Channel
from core.message import ConversationKind, Inbound, Sender
from core.parts import Text

BATCH = 100
"""Comments handed over at once, at most."""
SOON = 0.05
"""Seconds: what is due within them is handed over now, together; nobody reads faster."""
GAP = 1.0
"""Seconds between two passes, so that a short recording does not spin."""


class Player:
    """Plays one recording for one channel."""

    def __init__(self, recording: Recording, settings: ReplaySettings, channel: Channel) -> None:
        self._recording = recording
        self._settings = settings
        self._channel = channel
        self._reported: set[int] = set()

    async def play(self) -> None:
        """The whole recording once, or for ever when it is looped."""
        first = next(self._comments(), None)
        if first is None:
            raise RecordingError(f"{self._recording.source}: the file holds no comment")
        room = self._room(first)
        mark = await bookmark.find(self._channel, room)
        await self._channel.board("stream_started", {"room": room, "title": self._recording.source})
        await self._pass(mark)
        while self._settings.loop:
            await self._channel.clock.sleep(GAP)
            mark = Mark(mark.turn + 1)
            await self._pass(mark)
        await self._channel.board("stream_ended", {"room": room})

    async def _pass(self, mark: Mark) -> None:
        catching_up = any(comment.id == mark.comment for comment in self._comments())
        pace, batch = self._pace(), list[Inbound]()
        for line in self._recording.lines():
            if isinstance(line, BadLine):
                await self._report(line)
                continue
            rest = 0.0 if catching_up else pace.rest(line.at_ms)
            if batch and (rest > SOON or len(batch) >= BATCH):
                await self._channel.accept(batch)
                batch = []
            if rest > SOON:
                await self._channel.clock.sleep(rest)
            batch.append(self._inbound(line, mark.turn))
            if catching_up and line.id == mark.comment:
                catching_up, pace = False, self._pace()
                pace.rest(line.at_ms)
        if batch:
            await self._channel.accept(batch)

    def _pace(self) -> Pace:
        return Pace(self._channel.clock, self._settings.speed)

    def _comments(self) -> Iterator[Comment]:
        return (line for line in self._recording.lines() if isinstance(line, Comment))

    async def _report(self, line: BadLine) -> None:
        """Refuse a line, once however often the recording is played; its neighbours go on."""
        if line.number not in self._reported:
            self._reported.add(line.number)
            self._channel.refuse("bad_line")
            about = {"file": self._recording.source, "line": line.number, "reason": line.reason}
            await self._channel.board("bad_line", about)

    def _room(self, comment: Comment) -> str:
        return self._settings.room or comment.room_id or self._channel.name

    def _inbound(self, comment: Comment, turn: int) -> Inbound:
        """The comment as if it were made now: nobody answers what was said on another day."""
        link = comment.on_air_link
        return Inbound(
            key=bookmark.key(comment.id, turn),
            conversation=self._room(comment),
            sender=Sender(id=comment.user_id, name=comment.user_name),
            parts=(Text(comment.text),),
            sent_at=self._channel.clock.now(),
            kind=ConversationKind.LIVE,
            context={} if link is None else {"on_air_link": link},
        )
