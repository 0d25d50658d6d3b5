"""The writers of one house: one for all on SQLite; on PostgreSQL nobody waits for the others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from core.metrics import Metrics
from core.store.people import People
from core.store.writer import Driver, Writer


class Writers:
    """``handling`` commits what handlers want, ``taking_in`` new messages, ``sending`` receipts."""

    def __init__(self, driver: Driver, metrics: Metrics, *, abreast: bool) -> None:
        """``abreast``: the engine takes several transactions at once."""
        self.driver = driver
        self.handling = Writer(driver)
        self.taking_in = self.sending = self.handling
        if abreast:
            self.taking_in, self.sending = Writer(driver), Writer(driver)
        for writer in self:
            writer.committed, writer.failed = metrics.committed, metrics.failed
        self._people = {writer: People() for writer in self}
        for writer, people in self._people.items():
            writer.rolled_back = people.forget

    def people(self, writer: Writer) -> People:
        """Each writer remembers for itself: it sees its own rows, committed or not."""
        return self._people[writer]

    def start(self) -> None:
        """Begin to write."""
        for writer in self:
            writer.start()

    async def stop(self) -> None:
        """Write what was asked for, then close the driver."""
        await asyncio.gather(*(writer.stop() for writer in self))
        await self.driver.close()

    @property
    def idle(self) -> bool:
        """Whether nothing is being written."""
        return all(writer.idle for writer in self)

    def __iter__(self) -> Iterator[Writer]:
        """Each once."""
        return iter({self.handling, self.taking_in, self.sending})
