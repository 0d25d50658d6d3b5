"""Rows that were being sent by a process that is dead, or by nobody: found and decided.

Which processes live is the engine's word (:mod:`core.store.session`). A row of a dead one may have
been sent: the rule of unknown outcomes decides. A row of our own that no call of ours is under way
for was claimed by a commit whose answer was lost on the line: nothing was sent, it goes again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from core.delivery.passive import PASSIVE
from core.delivery.sender import Sender
from core.store.postgres import away
from core.store.session import ALIVE, Session

log = structlog.get_logger(__name__)
PAUSE = 1.0
GRACE = 3.0  # seconds after a database's return in which everybody takes up their sessions


class Orphans:
    """Looks once in :data:`PAUSE` seconds; acts on what looked the same twice."""

    def __init__(self, session: Session, sender: Sender, wake: Callable[[], None]) -> None:
        """``wake`` is called at every look: the slow poll behind the bell."""
        self._session, self._sender, self._wake = session, sender, wake
        self._seen: set[tuple[int, int]] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._loop(), name="orphans")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _loop(self) -> None:
        while True:
            try:
                await self._look()
            except Exception as error:
                if not away(error):
                    log.exception("orphans.failed")
                self._seen.clear()
            self._wake()
            await asyncio.sleep(PAUSE)

    async def _look(self) -> None:
        me = self._session.number
        busy = list(self._sender.busy)
        rows = await self._session.fetch(_ORPHANS, me, busy, PASSIVE)
        found = {(int(row[0]), int(row[1])) for row in rows}
        settled = asyncio.get_running_loop().time() - self._session.since > GRACE
        again = found & self._seen if settled else set[tuple[int, int]]()
        self._seen = found - again
        if mine := [number for number, holder in again if holder == me]:
            log.warning("outbox.unsent_claims", rows=len(mine))
            self._sender.requeue(mine)
        for number, holder in again:
            if holder != me and await self._session.fetch(_TAKE_OVER, me, number, holder):
                await self._sender.recover(number)


_ORPHANS = f"""
SELECT id, coalesce(holder, 0) FROM message WHERE state = 'sending' AND (
    holder IS NULL OR holder NOT IN ({ALIVE})
    OR (holder = $1 AND conversation_id <> ALL($2::BIGINT[]) AND platform_id <> $3)
) LIMIT 500"""  # noqa: S608 - our words
_TAKE_OVER = """
UPDATE message SET holder = $1
WHERE id = $2 AND state = 'sending' AND coalesce(holder, 0) = $3 RETURNING id"""
