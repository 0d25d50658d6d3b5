"""The way in: a message becomes a row before anybody thinks about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from core.adapter import Window
from core.clock import Clock
from core.message import ConversationKind, Inbound
from core.metrics import Metrics
from core.store import inbox
from core.store.away import LedgerAwayError
from core.store.inbox import Accepted
from core.store.people import People
from core.store.sql import Work
from core.store.writer import Writer

AGAIN = 0.5  # real seconds between two attempts while the ledger is away


class Intake:
    """Accepts messages: durable on return, each key once."""

    def __init__(self, writer: Writer, people: People, clock: Clock, metrics: Metrics) -> None:
        """``handed_on`` is set by the house: it gets new rows, in order, right after the commit."""
        self._writer, self._people = writer, people
        self._clock, self._metrics = clock, metrics
        self.handed_on: Callable[[Sequence[Accepted]], None] = lambda _rows: None
        self.opened: Callable[[], None] = lambda: None  # what was held may leave

    async def accept(
        self,
        channel: str,
        messages: Sequence[Inbound],
        windows: Mapping[str, Window],
        times: Sequence[datetime] = (),
    ) -> list[Accepted]:
        """Write the messages, in order; known keys are answered with their old row.

        ``times``: when each was taken in, if that was not now.
        """
        if not messages:
            return []

        began = self._clock.now()

        def work() -> Work[list[Accepted]]:
            at = times or [self._clock.now()] * len(messages)
            return inbox.accept(channel, messages, windows, self._people, at)

        def after(rows: list[Accepted]) -> None:
            new = [row for row in rows if row.new]
            self._metrics.accepted(channel, new=len(new), known=len(rows) - len(new))
            self._metrics.stage("accept", (self._clock.now() - began).total_seconds())
            self._metrics.traces.accepted(channel, [row.id for row in new], began)
            self.handed_on(new)
            if any(row.freed for row in new):
                self.opened()

        conversations = {message.conversation for message in messages}
        key = (channel, *conversations) if len(conversations) == 1 else None
        live = all(message.kind is ConversationKind.LIVE for message in messages)
        if not live:
            self._writer.serve()
        while True:
            try:
                return await self._writer.run(work, after, key=key, patient=live)
            except LedgerAwayError:  # who cannot wait so long gives up, and comes again
                await asyncio.sleep(AGAIN)
