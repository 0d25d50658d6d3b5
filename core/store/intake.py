"""The way in: a message becomes a row before anybody thinks about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.adapter import Window
from core.clock import Clock
from core.message import Inbound
from core.metrics import Metrics
from core.parts import dump
from core.store.models import Grant, Message
from core.store.people import People
from core.store.states import Inbox, Outbox
from core.store.writer import Writer

HELD = "held"  # how the reason of an outbound row begins that waits for its contact
PAST = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row of the ledger: its number, its conversation, and whether it is new."""

    id: int
    conversation: int
    new: bool


class Intake:
    """Accepts messages: durable on return, each key once."""

    def __init__(self, writer: Writer, people: People, clock: Clock, metrics: Metrics) -> None:
        """``handed_on`` is set by the house: it gets new rows, in order, right after the commit."""
        self._writer, self._people = writer, people
        self._clock, self._metrics = clock, metrics
        self.handed_on: Callable[[Sequence[Accepted]], None] = lambda _rows: None
        self.opened: Callable[[], None] = lambda: None  # a reply window: what was held may leave

    async def accept(
        self, channel: str, messages: Sequence[Inbound], windows: Mapping[str, Window]
    ) -> list[Accepted]:
        """Write the messages, in order; known keys are answered with their old row."""
        if not messages:
            return []

        async def work() -> list[Accepted]:
            return await self._write(channel, messages, windows)

        def after(rows: list[Accepted]) -> None:
            new = [row for row in rows if row.new]
            self._metrics.accepted(channel, new=len(new), known=len(rows) - len(new))
            self.handed_on(new)
            if new and windows:
                self.opened()

        return await self._writer.run(work, after)

    async def _write(
        self, channel: str, messages: Sequence[Inbound], windows: Mapping[str, Window]
    ) -> list[Accepted]:
        now = self._clock.now()
        keys = [message.key for message in messages]
        known = {
            row.key: Accepted(row.id, row.conversation_id, new=False)
            for row in await Message.filter(channel=channel, direction="in", key__in=keys)
        }
        rows: list[Accepted] = []
        for message in messages:
            if message.key not in known:
                row = await self._insert(channel, message, now)
                if window := windows.get(message.trigger):
                    await grant(row.conversation, message.trigger, window, now)
                rows.append(row)
                known[message.key] = Accepted(row.id, row.conversation, new=False)
            else:
                rows.append(known[message.key])
        return rows

    async def _insert(self, channel: str, message: Inbound, now: datetime) -> Accepted:
        contact = await self._people.contact(channel, message.sender, now)
        conversation = await self._people.conversation(channel, message, contact, now)
        sender = {"id": message.sender.id, "name": message.sender.name, "role": message.sender.role}
        row = await Message.create(
            direction="in",
            channel=channel,
            key=message.key,
            conversation_id=conversation,
            contact_id=contact,
            author=message.sender.name[:80],
            state=Inbox.ACCEPTED,
            text=message.text,
            parts=dump(message.parts),
            context={**message.context, "sender": {**sender, "proven": message.sender.proven}},
            at=now,
            sent_at=message.sent_at,
        )
        return Accepted(row.id, conversation, new=True)


async def grant(conversation: int, trigger: str, window: Window, now: datetime) -> None:
    """Open a reply window, and free what was held for want of one."""
    await Grant.update_or_create(
        conversation_id=conversation,
        trigger=trigger,
        defaults={"allowed": window.messages, "used": 0, "until": now + window.lasts},
    )
    held = Message.filter(conversation_id=conversation, state=Outbox.QUEUED, error__startswith=HELD)
    await held.update(not_before=now - PAST)
