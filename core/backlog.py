"""A backlog: the lanes of one sort of conversation, and what of them still waits in the ledger."""

from __future__ import annotations

from collections import deque

from tortoise import connections

from core.store import inbox
from core.store.drivers import drive
from core.store.inbox import Accepted

PAGE = 2_000


class Backlog:
    """Numbers of accepted rows by conversation, at most ``capacity`` of them."""

    def __init__(self, capacity: int, *, live: bool = False) -> None:
        """``live``: of live rooms; otherwise of everything else. Both read the ledger at first."""
        self._capacity, self._live = capacity, live
        self._lanes: dict[int, deque[int]] = {}
        self.ready: deque[int] = deque()  # conversations with rows, of which none is handled now
        self.busy: set[int] = set()
        self.waiting = 0
        self.behind = True  # newer rows wait in the ledger only
        self._last = 0  # the newest row that was put into a lane
        self._missed = False  # more of them came while we were reading it
        self.filling = False  # somebody fetches them

    def put(self, row: Accepted) -> None:
        """Queue a new row, or leave it in the ledger for now."""
        if self.behind or self.waiting >= self._capacity:
            self.behind = self._missed = True
        else:
            self.enter(row.conversation, row.id)

    def enter(self, conversation: int, message: int) -> None:
        """Queue a row."""
        lane = self._lanes.get(conversation)
        if lane is None:
            lane = self._lanes[conversation] = deque()
        lane.append(message)
        self.waiting += 1
        self._last = max(self._last, message)
        if len(lane) == 1 and conversation not in self.busy:
            self.ready.append(conversation)

    def take(self) -> tuple[int, int]:
        """The oldest row of the conversation that has been ready longest; it is busy now."""
        conversation = self.ready.popleft()
        self.busy.add(conversation)
        self.waiting -= 1
        return conversation, self._lanes[conversation].popleft()

    def done(self, conversation: int) -> None:
        """The row that was taken is dealt with: the conversation stands behind the others."""
        self.busy.discard(conversation)
        if self._lanes[conversation]:
            self.ready.append(conversation)
        else:
            del self._lanes[conversation]

    @property
    def wants_more(self) -> bool:
        """Whether there is room for what waits in the ledger, and nobody fetches it."""
        return self.behind and self.waiting <= self._capacity // 2 and not self.filling

    async def fill(self) -> None:
        """Fetch rows that wait in the ledger only, until there is no room or none is left."""
        while self.behind and (room := min(PAGE, self._capacity - self.waiting)) > 0:
            self._missed = False
            look = inbox.page(self._last, room, live=self._live)
            rows = await drive(look, connections.get("default"))
            for message, conversation in rows:
                self.enter(conversation, message)
            self.behind = self._missed or len(rows) == room
