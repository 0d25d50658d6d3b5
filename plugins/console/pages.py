"""Pages of the ledger and the journal, read forward and merged by time.

The merge must not depend on where a page ends, or totals rebuilt later would differ: what is
younger than the end of a full page of the other kind waits for the next one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import takewhile
from typing import TypeAlias, cast

from core.store.models import JournalEntry, Message

PAGE = 500
PATIENCE = 2.0  # seconds: on PostgreSQL a smaller number may be committed after a larger one
Item: TypeAlias = Message | JournalEntry


@dataclass(slots=True)
class Reader:
    """How far one reader has come, and the numbers it was surprised to miss."""

    message: int = 0
    entry: int = 0
    _missed: dict[tuple[str, int], float] = field(default_factory=dict[tuple[str, int], float])

    @property
    def cursor(self) -> str:
        """Where to go on, as a browser keeps it."""
        return f"{self.message}.{self.entry}"

    async def next(self) -> list[Item]:
        """What is new, in order; empty when nothing is. Moves on."""
        messages, entries = await self._read()
        told = messages[: self._whole("m", self.message, [row.id for row in messages])]
        whole = entries[: self._whole("j", self.entry, [row.id for row in entries])]
        heard = whole
        if len(messages) == PAGE and told:  # at the same time messages come first
            heard = list(takewhile(lambda row, end=told[-1].at: row.at < end, whole))
        if len(entries) == PAGE and heard and len(heard) == len(whole):
            told = list(takewhile(lambda row, end=heard[-1].at: row.at <= end, told))
        self.message = told[-1].id if told else self.message
        self.entry = heard[-1].id if heard else self.entry
        return list(merge(told, heard, key=lambda row: row.at))

    async def _read(self) -> tuple[list[Message], list[JournalEntry]]:
        """Both pages; messages that came while entries were read are there before these."""
        messages = await Message.filter(id__gt=self.message).order_by("id").limit(PAGE)
        entries = await JournalEntry.filter(id__gt=self.entry).order_by("id").limit(PAGE)
        if entries and len(messages) < PAGE:
            last = messages[-1].id if messages else self.message
            newer = Message.filter(id__gt=last).order_by("id").limit(PAGE - len(messages))
            end = entries[-1].at
            messages += takewhile(lambda row: row.at <= end, await newer)
        return messages, entries

    def _whole(self, kind: str, last: int, numbers: Sequence[int]) -> int:
        """How many of these follow on each other, or on a gap that was waited for long enough."""
        now = time.monotonic()
        for place, number in enumerate(numbers):
            if number > last + 1 and last:
                since = self._missed.setdefault((kind, last + 1), now)
                if now - since < PATIENCE:
                    return place
                self._missed.pop((kind, last + 1))
            last = number
        return len(numbers)


def cursor_of(text: str) -> Reader | None:
    """The reader that goes on at a browser's cursor; ``None`` for what is none."""
    message, _, entry = text.partition(".")
    if len(text) > 40 or not (message.isdecimal() and entry.isdecimal() and text.isascii()):
        return None
    return Reader(int(message), int(entry))


def about(item: Item) -> int | None:
    """The conversation that a row is about, if it is about one."""
    number = cast("int | None", item.conversation_id)
    if number is None and isinstance(item, JournalEntry):
        named: object = item.data.get("conversation")  # what a person ordered names it there
        return named if isinstance(named, int) else None
    return number
