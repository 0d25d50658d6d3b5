"""The passive answer: a platform that waits for the reply in its own request (WeChat, 5 seconds).

A slot is open for a message while a request holds on. If the turn commits in time, its first reply
is claimed in the same transaction and goes out in the response; later ones go the ordinary way, or,
where a channel may not push, wait for the contact's next message.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from core.adapter import Capabilities, PassiveReply
from core.clock import Clock
from core.parts import AnyPart, Text, as_text, load
from core.store.states import Outbox
from core.views import OutboundRow

log = structlog.get_logger(__name__)
PASSIVE = "passive"  # stands in platform_id of a row that left in a response
RETRY_WITHIN = 10.0  # seconds in which the platform's next attempt must come
MEMORY = 60.0  # seconds a slot is remembered for the platform's own retries


class Slot:
    """One message's chance of a passive answer."""

    def __init__(
        self, can: Capabilities, clock: Clock, requeue: Callable[[Sequence[int]], None]
    ) -> None:
        """Open, with nobody waiting yet. ``requeue`` takes claimed rows that nobody fetched."""
        passive = can.passive
        assert passive is not None  # noqa: S101 - only made for such channels
        self.passive: PassiveReply = passive
        self.can = can
        self.opened = clock.monotonic()
        self.requests = 0
        self.holding = 0  # requests that hold on now
        self.open = True
        self.transfers = False  # the platform's own people may take the message instead
        self.owner = "bot"  # whose the conversation is after the turn
        self.patience: asyncio.Future[None] | None = None  # how long we wait for a retry
        self.held: list[OutboundRow] = []  # older answers that wait for this chance
        self.claimed: list[OutboundRow] = []
        self.outcome: asyncio.Future[list[OutboundRow]] = asyncio.get_running_loop().create_future()
        self._clock, self._requeue = clock, requeue

    def claim(self, posts: Sequence[OutboundRow]) -> None:
        """Take rows that are about to be inserted: as many as one answer carries.

        A channel that may push gets one message here; one that may not gets all texts that fit.
        """
        self.claimed = []
        if (
            not self.open
            or self.transferred
            or not posts
            or any(p.conversation_id != posts[0].conversation_id for p in posts)
        ):
            return
        if self.can.push:
            fit = itertools.takewhile(self._carries, posts)
            self.claimed = list(itertools.islice(fit, self.passive.max_messages))
        else:
            both = fitting([*self.held, *posts], self.can.max_text)
            self.claimed = list(posts[: max(0, len(both) - len(self.held))])
        for post in self.claimed:
            post.state, post.platform_id = Outbox.SENDING, PASSIVE
            post.attempts = 1
            post.lease_until = self._clock.now() + timedelta(seconds=MEMORY)

    @property
    def transferred(self) -> bool:
        """Whether the request is answered by handing the message to the platform's own people."""
        return self.transfers and self.can.push and self.owner == "queue"

    def _carries(self, post: OutboundRow) -> bool:
        """Whether a passive answer can show the row; the order of the others is kept."""
        parts = self.passive.parts
        return parts is None or all(p.__struct_config__.tag in parts for p in load(post.parts))

    def resolve(self) -> None:
        """The turn is committed: hand the claimed rows to whoever holds the request."""
        if not self.outcome.done():
            self.outcome.set_result(list(self.claimed))
        if not self.open:
            self._give_back()

    def close(self) -> None:
        """Nobody will take the answer any more; what was claimed goes the ordinary way."""
        self.open = False
        if self.outcome.done():  # otherwise a commit may be under way: resolve() sees to it
            self._give_back()

    def _give_back(self) -> None:
        if self.claimed:
            self._requeue([row.id for row in self.claimed])


class PassiveDesk:
    """The open slots of this process, by channel and inbound key."""

    def __init__(self, clock: Clock, requeue: Callable[[Sequence[int]], None]) -> None:
        """``requeue`` gives claimed rows back when the answer came too late after all."""
        self._slots: dict[tuple[str, str], Slot] = {}
        self._clock, self._requeue = clock, requeue
        self._waits: set[asyncio.Task[None]] = set()

    def open(self, channel: str, key: str, can: Capabilities) -> Slot:
        """The slot of a message, opened by its first request, shared by the retries."""
        self._sweep()
        slot = self._slots.get((channel, key))
        if slot is None:
            slot = self._slots[channel, key] = Slot(can, self._clock, self._requeue)
        if slot.patience is not None:
            slot.patience.cancel()
        slot.requests += 1
        slot.holding += 1
        return slot

    def slot(self, channel: str, key: str) -> Slot | None:
        """The slot of a message, if a request may still take the answer."""
        slot = self._slots.get((channel, key))
        return slot if slot is not None and slot.open else None

    def expect_retry(self, slot: Slot) -> None:
        """The platform should deliver the message again soon; if it does not, close the slot."""

        async def wait() -> None:
            await self._clock.sleep(RETRY_WITHIN)
            slot.close()

        slot.patience = asyncio.ensure_future(wait())
        self._waits.add(slot.patience)
        slot.patience.add_done_callback(self._waits.discard)

    async def stop(self) -> None:
        """Nobody retries any more."""
        waits = list(self._waits)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    def _sweep(self) -> None:
        now = self._clock.monotonic()
        for place in [p for p, s in self._slots.items() if now - s.opened > MEMORY]:
            del self._slots[place]


def join(rows: Sequence[OutboundRow]) -> tuple[AnyPart, ...]:
    """Several rows as one answer's parts."""
    if len(rows) == 1:
        return load(rows[0].parts)
    return (Text("\n\n".join(words(row) for row in rows)),)


def words(row: OutboundRow) -> str:
    """Everything a row would show, as text."""
    return "\n".join(filter(None, map(as_text, load(row.parts))))


def fitting(rows: Sequence[OutboundRow], limit: int) -> list[OutboundRow]:
    """The first rows that fit into one text of ``limit`` bytes together; at least one, if any."""
    kept: list[OutboundRow] = []
    for row in rows:
        limit -= len(words(row).encode()) + 2
        if kept and limit < 0:
            break
        kept.append(row)
    return kept
