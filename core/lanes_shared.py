"""Lanes that many processes share: open work is claimed from PostgreSQL, a few rows at a time.

The oldest open row of a conversation that nobody holds is taken by marking it with our number, in
one statement that passes by what others are just taking (``FOR UPDATE SKIP LOCKED``). The handlers
run outside any transaction; their effects are committed with "this message was still open", so a
process that lost its claim without knowing writes nothing. Rows of dead processes are set free by
whoever looks next; a row that many died with is suspected of killing them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress

import structlog
from asyncpg.exceptions import UniqueViolationError

from core.store.inbox import Accepted
from core.store.postgres import away
from core.store.session import ALIVE, LOOK, Session

log = structlog.get_logger(__name__)
STOP_SECONDS = 2.0
SUSPECT = 5  # hands that a message may pass through beside others; they may be to blame
POISON = 10  # and in all, the later ones with one suspect at a time, before it is parked unread
EVER = 2**31 - 1  # also who parks a message may die of something, again and again
FIRST = -1


class SharedLanes:
    """Runs ``handle(message_id)`` for claimed rows; stands where :class:`core.lanes.Lanes` does."""

    def __init__(
        self,
        handle: Callable[[int], Awaitable[None]],
        workers: int,
        resting: Collection[int],
        session: Session,
        poisoned: Callable[[int], Awaitable[None]],
    ) -> None:
        """``workers`` conversations at once; ``poisoned`` parks what was taken up too often."""
        self._handle, self._workers, self._resting = handle, workers, resting
        self._session, self._poisoned = session, poisoned
        self._running: dict[int, asyncio.Task[None]] = {}  # by conversation
        self._suspect = 0  # the conversation whose suspicious message runs here, if one does
        self._wake = asyncio.Event()
        self._after = FIRST  # the conversation that was served last: the next ones come first
        self._claiming: asyncio.Task[None] | None = None
        self._looking = False
        self._stopping = False

    async def start(self) -> None:
        """Begin to claim."""
        self._stopping = False
        self._wake.set()
        self._session.heard.append(self._heard)
        self._claiming = asyncio.create_task(self._loop(), name="claims")

    async def stop(self) -> None:
        """Claim nothing more, let running turns end, break off those that last."""
        self._stopping = True
        if self._claiming is not None:
            self._session.heard.remove(self._heard)
            self._claiming.cancel()
            await asyncio.gather(self._claiming, return_exceptions=True)
            self._claiming = None
        if running := list(self._running.values()):
            seconds = 0 if self._only_resting else STOP_SECONDS
            _, lasting = await asyncio.wait(running, timeout=seconds)
            for task in lasting:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            with suppress(Exception):  # the session's end frees them too
                await self._session.fetch(_LET_GO, self._session.number, [])

    @property
    def idle(self) -> bool:
        """Whether nothing that we could see waits for anything but time."""
        return not (self._wake.is_set() or self._looking) and self._only_resting

    @property
    def depth(self) -> int:
        """How many rows wait in memory: none, ever."""
        return 0

    @property
    def _only_resting(self) -> bool:
        return all(conversation in self._resting for conversation in self._running)

    def put(self, rows: Sequence[Accepted]) -> None:
        """New rows are in the ledger."""
        if rows:
            self._wake.set()

    def again(self, rows: Sequence[Accepted]) -> None:
        """Old rows are to be handled anew."""
        self.put(rows)

    def _heard(self, what: str) -> None:
        if "i" in what:
            self._wake.set()

    async def _loop(self) -> None:
        loop = asyncio.get_running_loop()
        next_look = 0.0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(next_look):  # wait_for() may lose a cancellation
                    await self._wake.wait()
            self._looking = True
            self._wake.clear()
            try:
                if loop.time() >= next_look:
                    next_look = loop.time() + LOOK
                    await self._free_the_dead()
                    await self._claim_suspect()
                await self._claim()
            except UniqueViolationError:
                self._wake.set()  # somebody took another row of the same conversation just now
            except Exception as error:
                if not away(error):
                    log.exception("claims.failed")
                await asyncio.sleep(LOOK)
                self._wake.set()
            finally:
                self._looking = False

    async def _free_the_dead(self) -> None:
        """What dead processes hold is free, and what we hold without working at it."""
        rows = await self._session.fetch(_FREE)
        rows = [
            *rows,
            *await self._session.fetch(_LET_GO, self._session.number, list(self._running)),
        ]
        if rows:
            log.info("claims.freed", rows=len(rows))

    async def _claim(self) -> None:
        """Fill the free places, going round the conversations."""
        while (room := self._workers - len(self._running)) > 0:
            started, busy = self._after, list(self._running)
            me = self._session.number
            rows = await self._session.fetch(_CLAIM, me, started, room, busy, 0, SUSPECT - 1)
            for message, conversation, taken in rows:
                self._after = max(self._after, conversation)
                self._begin(conversation, message, taken)
            if len(rows) < room:
                self._after = FIRST
                if started == FIRST:
                    return

    async def _claim_suspect(self) -> None:
        """Whoever had it died, five times: maybe of it, so only one such runs in a process."""
        if self._suspect in self._running or len(self._running) >= self._workers:
            return
        me, busy = self._session.number, list(self._running)
        rows = await self._session.fetch(_CLAIM, me, FIRST, 1, busy, SUSPECT, EVER)
        for message, conversation, taken in rows:
            self._suspect = conversation
            self._begin(conversation, message, taken)

    def _begin(self, conversation: int, message: int, taken: int) -> None:
        task = asyncio.create_task(self._one(message, taken), name=f"turn-{message}")
        self._running[conversation] = task
        task.add_done_callback(lambda _: self._ended(conversation))

    async def _one(self, message: int, taken: int) -> None:
        try:
            await (self._poisoned(message) if taken > POISON else self._handle(message))
        except Exception:
            log.exception("lane.failed", message_id=message)  # the next look lets go of it

    def _ended(self, conversation: int) -> None:
        del self._running[conversation]
        if not self._stopping:
            self._wake.set()  # it may have more to say


_CLAIM = """
WITH RECURSIVE head AS (
    (SELECT conversation_id, message_id FROM work WHERE conversation_id > $2
     ORDER BY conversation_id, message_id LIMIT 1)
    UNION ALL
    SELECT n.conversation_id, n.message_id FROM head h CROSS JOIN LATERAL (
        SELECT conversation_id, message_id FROM work WHERE conversation_id > h.conversation_id
        ORDER BY conversation_id, message_id LIMIT 1) n
), free AS MATERIALIZED (
    SELECT q.conversation_id, q.message_id FROM head h CROSS JOIN LATERAL (
        SELECT w.conversation_id, w.message_id FROM work w
        WHERE w.conversation_id = h.conversation_id AND w.message_id = h.message_id
        AND w.holder = 0 AND w.conversation_id <> ALL($4::BIGINT[])
        AND w.taken BETWEEN $5 AND $6
        FOR UPDATE SKIP LOCKED) q
    LIMIT $3
)
UPDATE work w SET holder = $1, taken = w.taken + 1 FROM free
WHERE w.conversation_id = free.conversation_id AND w.message_id = free.message_id
RETURNING w.message_id, w.conversation_id, w.taken
"""
_FREE = f"UPDATE work SET holder = 0 WHERE holder <> 0 AND holder NOT IN ({ALIVE}) RETURNING 1"  # noqa: S608 - our words
_LET_GO = """
UPDATE work SET holder = 0, taken = taken - 1 WHERE holder <> 0 AND holder = $1
AND conversation_id <> ALL($2::BIGINT[]) RETURNING 1
"""  # nobody died of these
