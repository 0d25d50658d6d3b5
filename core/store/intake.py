"""The way in: a message becomes a row before anybody thinks about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.adapter import Window
from core.clock import Clock
from core.message import Inbound
from core.metrics import Metrics
from core.store import inbox
from core.store.inbox import Accepted
from core.store.people import People
from core.store.sql import Work
from core.store.writer import Writer


class Intake:
    """Accepts messages: durable on return, each key once."""

    def __init__(self, writer: Writer, people: People, clock: Clock, metrics: Metrics) -> None:
        """``handed_on`` is set by the house: it gets new rows, in order, right after the commit."""
        self._writer, self._people = writer, people
        self._clock, self._metrics = clock, metrics
        self.handed_on: Callable[[Sequence[Accepted]], None] = lambda _rows: None
        self.opened: Callable[[], None] = lambda: None  # a reply window: what was held may leave
        self.opened: Callable[[], None] = lambda: None  # a reply window: what was held may leave

    async def accept(
        self, channel: str, messages: Sequence[Inbound], windows: Mapping[str, Window]
    ) -> list[Accepted]:
        """Write the messages, in order; known keys are answered with their old row."""
        if not messages:
            return []

        def work() -> Work[list[Accepted]]:
            now = self._clock.now()
            return inbox.accept(channel, messages, windows, self._people, now)

        def after(rows: list[Accepted]) -> None:
            new = [row for row in rows if row.new]
            self._metrics.accepted(channel, new=len(new), known=len(rows) - len(new))
            self.handed_on(new)
            if new and windows:
                self.opened()

        alone = messages[0].conversation if len(messages) == 1 else None
        key = (channel, alone) if alone is not None else None
        return await self._writer.run(work, after, key=key)
