"""The knowledge base: the entries of the shop and the matcher that knows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tortoise.queryset import QuerySet

from core.clock import Clock
from core.store.models import JournalEntry
from plugins.faq.bands import Bands, Decision
from plugins.faq.entry import Entry
from plugins.faq.matcher import Match, Topic
from plugins.faq.mind import Mind
from plugins.faq.models import KnowledgeEntry

CHANGED = "faq.changed"
CHUNK = 500  # rows a statement: databases limit its parameters


class KnowledgeBase:
    """What the shop knows, ready to be asked. Load it once, and again when it changed."""

    def __init__(self, mind: Mind) -> None:
        """Know nothing until :meth:`load`."""
        self._mind = mind
        self._entries: dict[str, Entry] = {}
        self._seen: datetime | None = None  # the latest change that is known

    @property
    def status(self) -> str:
        """Which generations of matching work now, and why one does not."""
        return self._mind.status

    async def load(self) -> None:
        """Take over what changed since the last time; at first, everything."""
        rows = KnowledgeEntry.all() if self._seen is None else self._since(self._seen)
        found = await rows.order_by("id")
        if not found and self._seen is not None:
            return
        first, now = self._seen is None, {row.id: entry_of(row) for row in found}
        changed = [e for e in now.values() if e.enabled and self._entries.get(e.id) != e]
        gone = [e.id for e in now.values() if not e.enabled and e.id in self._entries]
        topics = [topic_of(entry) for entry in changed]
        if first:
            await self._mind.learn(topics)
        elif topics or gone:
            await self._mind.change(topics, gone)
        self._entries |= {entry.id: entry for entry in changed}
        for entry_id in gone:
            del self._entries[entry_id]
        if found:
            self._seen = max(row.updated_at for row in found)

    def _since(self, moment: datetime) -> QuerySet[KnowledgeEntry]:
        return KnowledgeEntry.filter(updated_at__gte=moment)  # others may share the moment

    def warm(self) -> None:
        """Begin to read the meanings now instead of at the first question."""
        self._mind.begin()

    async def find(self, text: str, limit: int) -> list[Match]:
        """The best matches first; only entries that exist."""
        verdict = await self._mind.judge(text, limit)
        return [m for m in verdict.matches if m.entry_id in self._entries]

    async def decide(self, text: str, bands: Bands) -> Decision:
        """Whether to answer, to ask back or to admit not to know."""
        return await self._mind.decide(text, bands)

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
    new: list[Entry] = []
    changed: list[Entry] = []
    for at in range(0, len(entries), CHUNK):
        part = entries[at : at + CHUNK]
        rows = await KnowledgeEntry.filter(id__in=[entry.id for entry in part])
        known = {row.id: entry_of(row) for row in rows}
        new += [entry for entry in part if entry.id not in known]
        changed += [entry for entry in part if known.get(entry.id, entry) != entry]
    now = clock.now()
    await KnowledgeEntry.bulk_create([_row(entry, now) for entry in new], batch_size=CHUNK)
    for entry in changed:
        await _row(entry, now).save(force_update=True)
    if new or changed:
        await JournalEntry.create(
            kind=CHANGED, at=now, data={"new": len(new), "changed": len(changed)}
        )
    return len(new), len(changed)


def _row(entry: Entry, now: datetime) -> KnowledgeEntry:
    return KnowledgeEntry(**entry.model_dump(mode="json"), updated_at=now)


def entry_of(row: KnowledgeEntry) -> Entry:
    """The entry that a row keeps."""
    return Entry.model_validate({name: getattr(row, name) for name in Entry.model_fields})


def topic_of(entry: Entry) -> Topic:
    """What the matcher learns of an entry."""
    return Topic(entry.id, (entry.question, *entry.similar), entry.answer, entry.keywords)
