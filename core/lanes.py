"""Lanes: one ordered queue for each conversation, fair between conversations, bounded in memory.

Only numbers of rows wait here; the rows are in the ledger. When too many wait, the rest stay in the
ledger and are fetched when there is room again, so a flood costs no memory and loses nothing. Live
rooms queue apart from people's own conversations: these are served first, and a room, however
loud, takes neither their places nor their memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

import structlog

from core.backlog import Backlog
from core.store.inbox import Accepted

log = structlog.get_logger(__name__)
CAPACITY = 20_000
STOP_SECONDS = 2.0
FILL_AGAIN = 1.0  # seconds after the ledger could not be read


class Lanes:
    """Runs ``handle(message_id)`` for every accepted row: in order within its conversation."""

    def __init__(
        self,
        handle: Callable[[int], Awaitable[None]],
        workers: int,
        resting: Collection[int] = (),
        capacity: int = CAPACITY,
    ) -> None:
        """``workers`` conversations are served at once; ``resting`` ones only wait for time."""
        self._handle, self._workers, self._resting = handle, workers, resting
        self._people, self._rooms = Backlog(capacity), Backlog(capacity, live=True)
        self._most_rooms = max(1, workers // 2)  # the other places are people's
        self._tasks: set[asyncio.Task[None]] = set()
        self._filling: set[asyncio.Task[None]] = set()
        self._open = False

    async def start(self) -> None:
        """Take up what was accepted and not handled, oldest first, and begin."""
        for backlog in (self._people, self._rooms):
            await backlog.fill()
        self._open = True
        self._serve_all()

    async def stop(self) -> None:
        """Let running turns end, start no new ones.

        A turn that lasts longer than :data:`STOP_SECONDS` is broken off: nothing of it is
        committed, and the next start handles its message anew.
        """
        self._open = False
        if tasks := [*self._tasks, *self._filling]:
            seconds = 0 if self._only_resting else STOP_SECONDS
            _, lasting = await asyncio.wait(tasks, timeout=seconds)
            for task in lasting:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def idle(self) -> bool:
        """Whether nobody works, and nothing waits for anything but time."""
        waits = any(b.ready or b.behind for b in (self._people, self._rooms))
        return not waits and self._only_resting

    @property
    def _only_resting(self) -> bool:
        busy = (*self._people.busy, *self._rooms.busy)
        return all(conversation in self._resting for conversation in busy)

    @property
    def depth(self) -> int:
        """How many rows wait in memory."""
        return self._people.waiting + self._rooms.waiting

    def put(self, rows: Sequence[Accepted]) -> None:
        """Queue new rows; called in the order of their commits."""
        for row in rows:
            self._backlog(row).put(row)
        self._serve_all()

    def again(self, rows: Sequence[Accepted]) -> None:
        """Queue old rows that a person wants handled anew."""
        for row in rows:
            self._backlog(row).enter(row.conversation, row.id)
        self._serve_all()

    def _backlog(self, row: Accepted) -> Backlog:
        return self._rooms if row.live else self._people

    def _serve_all(self) -> None:
        """Begin to serve whoever is ready, as far as there are places."""
        while self._open and len(self._tasks) < self._workers and (backlog := self._next()):
            task = asyncio.create_task(self._serve(backlog, *backlog.take()), name="lane")
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._serve_all()  # somebody may have come while it was ending

    def _next(self) -> Backlog | None:
        if self._people.ready:
            return self._people
        if self._rooms.ready and len(self._rooms.busy) < self._most_rooms:
            return self._rooms
        return None

    async def _serve(self, backlog: Backlog, conversation: int, message: int) -> None:
        """Handle one row after another, of whichever conversation is next."""
        while True:
            try:
                await self._handle(message)
            except Exception:  # handle() parks what a plugin does wrong; this is a fault of ours
                log.exception("lane.failed", message_id=message)
            finally:
                backlog.done(conversation)
            if backlog.wants_more:
                self._catch_up(backlog)
            if not self._open or (ready := self._next()) is None:
                return
            backlog = ready
            conversation, message = backlog.take()

    def _catch_up(self, backlog: Backlog) -> None:
        backlog.filling = True
        task = asyncio.create_task(self._fill(backlog), name="lane-filling")
        self._filling.add(task)
        task.add_done_callback(self._filling.discard)

    async def _fill(self, backlog: Backlog) -> None:
        try:
            while self._open:
                try:
                    await backlog.fill()
                    return
                except Exception:
                    log.exception("lanes.fill_failed")
                    await asyncio.sleep(FILL_AGAIN)
        finally:
            backlog.filling = False
            self._serve_all()
