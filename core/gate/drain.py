"""The drain: carries entries from the queue to the ledger, in order; forgotten after the commit.

One process of the shop does it at a time. Should two ever believe that they are the one, no harm
is done: each reads without a gap from the oldest entry on, so whatever either writes, all before
it has been written; and the ledger knows the keys.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from asyncpg.exceptions import DataError, IntegrityConstraintViolationError

from core.adapter import Capabilities
from core.gate import AwayError
from core.gate.ending import end
from core.gate.entry import Entry, UnreadableError, encode, unpack
from core.gate.gauges import Gauges
from core.message import Inbound
from core.store.intake import Intake
from core.store.postgres import AWAY, away
from core.store.session import Session

if TYPE_CHECKING:  # an extra
    from core.gate.broker import Broker
    from core.gate.reader import Letter, Reader

log = structlog.get_logger(__name__)
LEAD = "drain"
BREATH = 0.5  # seconds before a new beginning
REFUSED = (
    *(ValueError, TypeError, OverflowError),
    *(DataError, IntegrityConstraintViolationError),
    *(sqlite3.DataError, sqlite3.IntegrityError),
)
"""What the ledger says of a message that it will never take; for anything else it is waited."""
Item = tuple[Inbound, datetime]


class Drain:
    """One task from :meth:`start` to :meth:`stop`."""

    def __init__(
        self,
        broker: Broker,
        intake: Intake,
        gauges: Gauges,
        can: Callable[[str], Capabilities],
        session: Session | None,
    ) -> None:
        """``session``: settles which process drains; none where this one is alone."""
        self._broker, self._intake, self._gauges = broker, intake, gauges
        self._can, self._session = can, session
        self._task: asyncio.Task[None] | None = None
        self._written = 0  # the highest number that is in the ledger
        self._behind = -1  # how many wait as far as we know; -1: nobody has looked yet

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="drain")

    async def stop(self) -> None:
        """End; what is under way is carried again by whoever comes next."""
        task, self._task = self._task, None
        await end(task)

    @property
    def idle(self) -> bool:
        """Whether nothing that we know of waits in the queue."""
        if self._task is None or not self._broker.up:
            return True
        return self._behind == 0 and self._written >= self._broker.newest

    async def _run(self) -> None:
        while True:
            try:
                await self._broker.wait()
                if self._session is not None:
                    await self._session.lead(LEAD)
                async with self._broker.reader() as reader:
                    await self._carry(reader)
            except AwayError as error:
                log.info("drain.again", reason=str(error))
                await self._resign()
            except Exception as error:
                if away(error):
                    log.warning("drain.waits", reason=str(error))  # nothing is acknowledged
                else:
                    log.exception("drain.failed")
            await asyncio.sleep(BREATH)

    async def _resign(self) -> None:
        """Another process may still reach the queue."""
        if self._session is not None:
            with suppress(*AWAY):  # then the database has ended our session, and our lead with it
                await self._session.resign(LEAD)

    async def _carry(self, reader: Reader) -> None:
        if not reader.waiting:
            self._behind = 0
        while True:
            letters = await reader.batch()
            self._gauges.redelivered(sum(letter.number <= self._written for letter in letters))
            await self._write(letters)
            await reader.done(letters)
            self._written = max(self._written, letters[-1].number)
            self._behind = letters[-1].behind

    async def _write(self, letters: Sequence[Letter]) -> None:
        """Return when all are in the ledger; conversations side by side, each in its order."""
        threads: dict[tuple[str, str], list[Item]] = {}
        for letter in letters:
            for entry in await self._read(letter):
                for message in entry.messages:
                    thread = threads.setdefault((entry.channel, message.conversation), [])
                    thread.append((message, entry.at))
        works = [self._accept(channel, items) for (channel, _), items in threads.items()]
        ends = await asyncio.gather(*works, return_exceptions=True)
        for error in ends:
            if error is not None:
                raise error

    async def _read(self, letter: Letter) -> Iterable[Entry]:
        try:
            return (unpack(letter.data),)
        except UnreadableError as error:
            await self._park(letter.data, error)
            return ()

    async def _accept(self, channel: str, items: Sequence[Item]) -> None:
        messages, times = zip(*items, strict=True)
        try:
            await self._intake.accept(channel, messages, self._can(channel).windows, times)
        except REFUSED as error:
            if len(items) == 1:
                await self._park(encode(Entry(channel, times[0], messages)), error)
                return
            for item in items:
                await self._accept(channel, [item])

    async def _park(self, data: bytes, error: Exception) -> None:
        await self._broker.park(data, f"{type(error).__name__}: {error}")
        self._gauges.parked()
        log.error("drain.parked", reason=type(error).__name__)
