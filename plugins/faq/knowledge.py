"""The knowledge base: the entries of the shop and the matcher that knows them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from core.clock import Clock
from core.store.models import JournalEntry
from plugins.faq.entry import Entry
from plugins.faq.matcher import Match, Matcher, Topic
from plugins.faq.models import KnowledgeEntry

CHANGED = "faq.changed"


class KnowledgeBase:
    """What the shop knows, ready to be asked. Load it once, and again when it changed."""

    def __init__(self, make: Callable[[], Matcher]) -> None:
        """Know nothing until :meth:`load`; ``make`` gives a matcher that has learned nothing."""
        self._make = make
        self._matcher = make()
        self._entries: dict[str, Entry] = {}

    async def load(self) -> None:
        """Read the enabled entries and build a new index beside the old one, off the event loop."""
        rows = await KnowledgeEntry.filter(enabled=True).order_by("id")
        entries = {row.id: entry_of(row) for row in rows}
        topics = [topic_of(entry) for entry in entries.values()]
        matcher = self._make()
        await asyncio.to_thread(matcher.learn, topics)
        self._matcher, self._entries = matcher, entries

    def find(self, text: str, limit: int) -> list[Match]:
        """The best matches first; only entries that exist."""
        return [m for m in self._matcher.find(text, limit) if m.entry_id in self._entries]

    def get(self, entry_id: str) -> Entry | None:
        """An enabled entry."""
        return self._entries.get(entry_id)

    def __len__(self) -> int:
        """How many entries can answer."""
        return len(self._entries)


async def store(entries: Sequence[Entry], clock: Clock) -> tuple[int, int]:
    """Insert or update entries by id; returns how many are new and how many changed.

    Call it inside a transaction. Importing the same file again changes nothing.
    """
    known = {row.id: row for row in await KnowledgeEntry.filter(id__in=[e.id for e in entries])}
    new = changed = 0
    for entry in entries:
        row = known.get(entry.id)
        if row is not None and entry_of(row) == entry:
            continue
        new, changed = new + (row is None), changed + (row is not None)
        fresh = row or KnowledgeEntry(id=entry.id)
        await fresh.update_from_dict(
            {**entry.model_dump(mode="json"), "updated_at": clock.now()}
        ).save(force_create=row is None)
    if new or changed:
        await JournalEntry.create(
            kind=CHANGED, at=clock.now(), data={"new": new, "changed": changed}
        )
    return new, changed


def entry_of(row: KnowledgeEntry) -> Entry:
    """The entry that a row keeps."""
    return Entry.model_validate({name: getattr(row, name) for name in Entry.model_fields})


def topic_of(entry: Entry) -> Topic:
    """What the matcher learns of an entry."""
    return Topic(entry.id, (entry.question, *entry.similar), entry.answer, entry.keywords)
