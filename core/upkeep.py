"""Upkeep: what a running house does about its own journal and its own past lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import cast

import structlog
from tortoise import connections
from tortoise.transactions import in_transaction

from core.channels import Lines
from core.clock import Clock
from core.lanes import Lanes
from core.lanes_shared import SharedLanes
from core.message import ConversationKind
from core.metrics import Metrics
from core.store import inbox
from core.store.drivers import drive
from core.store.inbox import Accepted
from core.store.models import Conversation, JournalEntry, Message
from core.store.states import Inbox

log = structlog.get_logger(__name__)
REPLAYED = "ledger.replayed"  # the journal's word for it
OWNED = "conversation.owner"
POISON = 5  # starts that a message may be taken up in before it is parked unread


class Upkeep:
    """Follows the journal for the core itself."""

    def __init__(
        self,
        *,
        lines: Lines,
        lanes: Lanes | SharedLanes,
        metrics: Metrics,
        clock: Clock,
        leads: Callable[[], bool],
    ) -> None:
        """Act on these. ``leads``: whether this process counts what no single one has done."""
        self._lines, self._lanes, self._metrics = lines, lanes, metrics
        self._clock, self._leads = clock, leads

    async def take_stock(self) -> int:
        """Count what a former life left, and park what probably killed it; the newest row left."""
        rows = await drive(inbox.left_over(), connections.get("default"))
        for number, _, attempts in rows:
            if attempts >= POISON:
                async with in_transaction("default") as connection:
                    await drive(inbox.poison(number, self._clock.now()), connection)
                log.error("message.poison", message_id=number)
        rows = [row for row in rows if row[2] < POISON]
        for channel, number in Counter(channel for _, channel, _ in rows).items():
            self._metrics.accepted(channel, new=number, known=0)  # this life answers for them
        return max((number for number, _, _ in rows), default=0)

    async def replayed(self, entry: JournalEntry) -> None:
        """A person gave parked messages another chance: back into their lanes with them."""
        wanted = Message.filter(id__in=entry.data.get("inbound", []), state=Inbox.ACCEPTED)
        rows = await wanted.order_by("id").prefetch_related("conversation")
        for row in rows if self._leads() else ():
            self._metrics.accepted(row.channel, new=1, known=0)
        self._lanes.again([_again(row) for row in rows])

    async def owned(self, entry: JournalEntry) -> None:
        """A conversation changed hands here: a platform with people of its own is told."""
        if entry.data.get("by") == "platform":
            return
        number = cast("int | None", entry.conversation_id)
        number = number or entry.data.get("conversation", 0)  # what a person ordered names it there
        thread = await Conversation.get_or_none(id=number)
        line = self._lines.get(thread.channel) if thread is not None else None
        if thread is not None and line is not None and line.started:
            await line.adapter.own(thread.external_id, str(entry.data["owner"]))


def _again(row: Message) -> Accepted:
    live = row.conversation.kind is ConversationKind.LIVE
    return Accepted(row.id, row.conversation_id, new=True, live=live)
