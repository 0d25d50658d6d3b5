"""Lanes: one ordered queue for each conversation, fair between conversations, bounded in memory.

Only numbers of rows wait here; the rows are in the ledger. When too many wait, the rest stay in the
ledger and are fetched when there is room again, so a flood costs no memory and loses nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence

import structlog

from core.store.inbox import Accepted
from core.store.models import Message
from core.store.states import Inbox

log = structlog.get_logger(__name__)
CAPACITY = 20_000
PAGE = 2_000
STOP_SECONDS = 2.0


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
        self._handle, self._workers, self._capacity = handle, workers, capacity
        self._resting = resting
        self._lanes: dict[int, deque[int]] = {}
        self._ready: deque[int] = deque()
        self._busy: set[int] = set()
        self._waiting = 0
        self._last = 0  # the newest row that was put into a lane
        self._behind = False  # newer rows wait in the ledger only
        self._missed = False  # and more of them came while we were reading it
        self._wake = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []
        self._filling: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what was accepted and not handled, oldest first, and begin."""
        self._behind = True
        await self._fill()
        self._tasks = [
            asyncio.create_task(self._serve(), name=f"lane-{n}") for n in range(self._workers)
        ]

    async def stop(self) -> None:
        """Let running turns end, start no new ones.

        A turn that lasts longer than :data:`STOP_SECONDS` is broken off: nothing of it is
        committed, and the next start handles its message anew.
        """
        tasks, self._tasks = self._tasks, []
        async with self._wake:
            self._wake.notify_all()
        if self._filling is not None:
            tasks.append(self._filling)
        if tasks:
            seconds = 0 if self._only_resting else STOP_SECONDS
            _, lasting = await asyncio.wait(tasks, timeout=seconds)
            for task in lasting:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def idle(self) -> bool:
        """Whether nobody works, and nothing waits for anything but time."""
        return not self._ready and not self._behind and self._only_resting

    @property
    def _only_resting(self) -> bool:
        return all(conversation in self._resting for conversation in self._busy)

    @property
    def depth(self) -> int:
        """How many rows wait in memory."""
        return self._waiting

    def put(self, rows: Sequence[Accepted]) -> None:
        """Queue new rows; called in the order of their commits."""
        for row in rows:
            if self._behind or self._waiting >= self._capacity:
                self._behind = self._missed = True
            else:
                self._enter(row.conversation, row.id)
        if rows:
            self._nudge()

    def again(self, rows: Sequence[Accepted]) -> None:
        """Queue old rows that a person wants handled anew."""
        for row in rows:
            self._enter(row.conversation, row.id)
        self._nudge()

    def _enter(self, conversation: int, message: int) -> None:
        lane = self._lanes.get(conversation)
        if lane is None:
            lane = self._lanes[conversation] = deque()
        lane.append(message)
        self._waiting += 1
        self._last = max(self._last, message)
        if len(lane) == 1 and conversation not in self._busy:
            self._ready.append(conversation)

    def _nudge(self) -> None:
        async def wake() -> None:
            async with self._wake:
                self._wake.notify_all()

        if self._tasks:
            self._waker = asyncio.ensure_future(wake())

    async def _serve(self) -> None:
        while True:
            async with self._wake:
                while self._tasks and not self._ready:
                    await self._wake.wait()
            if not self._tasks:
                return
            if not self._ready:
                continue
            await self._one(self._ready.popleft())

    async def _one(self, conversation: int) -> None:
        lane = self._lanes[conversation]
        self._busy.add(conversation)
        message = lane.popleft()
        self._waiting -= 1
        try:
            await self._handle(message)
        except Exception:
            log.exception(
                "lane.failed", message_id=message
            )  # handle() parks; this is a fault of ours
        finally:
            self._busy.discard(conversation)
            if lane:
                self._ready.append(conversation)
                self._nudge()
            else:
                del self._lanes[conversation]
        if self._behind and self._waiting <= self._capacity // 2 and self._filling is None:
            self._filling = asyncio.create_task(self._fill())

    async def _fill(self) -> None:
        """Fetch rows that wait in the ledger only, until there is no room or none is left."""
        try:
            while self._behind and (room := min(PAGE, self._capacity - self._waiting)) > 0:
                self._missed = False
                page = Message.filter(state=Inbox.ACCEPTED, direction="in", id__gt=self._last)
                rows = await page.order_by("id").limit(room).values_list("id", "conversation_id")
                for message, conversation in rows:
                    self._enter(int(conversation), int(message))
                self._nudge()
                self._behind = self._missed or len(rows) == room
        finally:
            self._filling = None
