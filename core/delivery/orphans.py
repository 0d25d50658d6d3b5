"""Rows that were being sent by a process that is dead, or by nobody: found and decided.

Which processes live is the engine's word (:mod:`core.store.session`). A row of a dead one may have
been sent: the rule of unknown outcomes decides. A row of our own that no call of ours is under way
for was claimed by a commit whose answer was lost on the line: nothing was sent, it goes again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import structlog

from core.delivery.passive import PASSIVE
from core.delivery.sender import Proof, Sender
from core.store.postgres import away
from core.store.session import ALIVE, Session
from core.store.sql import LOCK, Work
from core.store.writer import Writer
from core.views import OutboundRow

log = structlog.get_logger(__name__)
PAUSE = 0.4
GRACE = 3.0  # seconds after a database's start in which everybody takes up their sessions


class Orphan(NamedTuple):
    """One attempt to send a row; what is found twice is the same attempt."""

    number: int
    holder: int
    attempts: int
    conversation: int


class Orphans:
    """Looks once in :data:`PAUSE` seconds; acts on what looked the same twice."""

    def __init__(
        self, session: Session, sender: Sender, writer: Writer, wake: Callable[[], None]
    ) -> None:
        """``writer`` also claims; ``wake`` is called at every look: the poll behind the bell."""
        self._session, self._sender, self._writer, self._wake = session, sender, writer, wake
        self._seen: set[Orphan] = set()
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
        me, busy = self._session.number, list(self._sender.busy)
        rows = await self._session.fetch(_ORPHANS, me, busy, PASSIVE, GRACE)
        found = {Orphan(*row) for row in rows}
        again = found & self._seen
        self._seen = found - again
        if mine := {one.number: one.conversation for one in again if one.holder == me}:
            log.warning("outbox.unsent_claims", rows=len(mine))
            await self._writer.run(_nothing)  # now calls for what it had claimed have begun
            self._sender.unsent(mine)
        if holders := {one.number: one.holder for one in again if one.holder != me}:
            await self._sender.recover(list(holders), partial(_still, holders))


def _nothing() -> Work[None]:
    yield from ()


def _still(holders: Mapping[int, int], row: OutboundRow) -> Proof:
    """Whether that attempt of the dead holder is undecided; of several who ask, one hears yes."""

    def proof() -> Work[bool]:
        return bool((yield f"{_UNDECIDED} {LOCK}", (row.id, row.attempts, holders[row.id])))

    return proof


_ORPHANS = f"""
SELECT id, coalesce(holder, 0), attempts, conversation_id FROM message WHERE state = 'sending' AND (
    ((holder IS NULL OR holder NOT IN ({ALIVE}))
     AND pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => $4))
    OR (holder = $1 AND conversation_id <> ALL($2::BIGINT[]) AND platform_id <> $3)
) LIMIT 500"""  # noqa: S608 - our words
_UNDECIDED = """
SELECT m.id FROM message m
WHERE m.id = ? AND m.state = 'sending' AND m.attempts = ? AND coalesce(m.holder, 0) = ?"""
