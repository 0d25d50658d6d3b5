"""Pages of the ledger and the journal, read forward and merged by time.

The merge must not depend on where a page ends, or totals rebuilt later would differ: what is
younger than the end of a full page of the other kind waits for the next one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from heapq import merge
from itertools import takewhile
from typing import TypeAlias, cast

from core.store.models import JournalEntry, Message
from plugins.console.gaps import Gaps

PAGE = 500
Item: TypeAlias = Message | JournalEntry


@dataclass(slots=True)
class Reader:
    """How far one reader has come, and what it still waits for."""

    message: int = 0
    entry: int = 0
    _messages: Gaps = field(default_factory=Gaps)
    _entries: Gaps = field(default_factory=Gaps)

    @property
    def cursor(self) -> str:
        """Where to go on, as a browser keeps it."""
        return f"{self.message}.{self.entry}"

    def behind(self, other: Reader) -> Reader:
        """Itself, that waits for nothing up to where another is: that one has waited."""
        self._messages.settled, self._entries.settled = other.message, other.entry
        return self

    async def next(self) -> list[Item]:
        """What is new, in order; empty when nothing is. Moves on."""
        messages, entries = await self._read()
        now = time.monotonic()
        told = messages[: self._messages.whole(self.message, [row.id for row in messages], now)]
        whole = entries[: self._entries.whole(self.entry, [row.id for row in entries], now)]
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
