"""The rows of the knowledge: published entries and the versions they replaced (S-040)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.clock import Clock
from core.store.models import JournalEntry
from plugins.faq.entry import Entry
from plugins.faq.matcher import Topic
from plugins.faq.models import EntryDraft, EntryVersion, KnowledgeEntry

CHANGED = "faq.changed"
CHUNK = 500  # rows a statement: databases limit its parameters


async def store(entries: Sequence[Entry], clock: Clock, author: str = "") -> tuple[int, int]:
    """Publish entries, new or anew by id; returns how many are new and how many changed.

    Call it inside a transaction. Importing the same file again changes nothing. What a changed
    entry said before is kept as a version; a draft of it is done with.
    """
    new: list[Entry] = []
    changed: list[tuple[KnowledgeEntry, Entry]] = []
    for at in range(0, len(entries), CHUNK):
        part = entries[at : at + CHUNK]
        ids = [entry.id for entry in part]
        rows = {row.id: row for row in await KnowledgeEntry.filter(id__in=ids)}
        new += [entry for entry in part if entry.id not in rows]
        known = [(rows[entry.id], entry) for entry in part if entry.id in rows]
        changed += [(row, entry) for row, entry in known if entry_of(row) != entry]
        await EntryDraft.filter(id__in=ids).delete()
    now = clock.now()
    await KnowledgeEntry.bulk_create([_row(e, now, 1, author) for e in new], batch_size=CHUNK)
    await EntryVersion.bulk_create([_past(row) for row, _ in changed], batch_size=CHUNK)
    for row, entry in changed:
        await _row(entry, now, row.version + 1, author).save(force_update=True)
    if new or changed:
        data = {"new": len(new), "changed": len(changed), "by": author}
        await JournalEntry.create(kind=CHANGED, at=now, data=data)
    return len(new), len(changed)


def _row(entry: Entry, now: datetime, version: int, author: str) -> KnowledgeEntry:
    return KnowledgeEntry(**_plain(entry), updated_at=now, version=version, author=author)


def _past(row: KnowledgeEntry) -> EntryVersion:
    data = entry_of(row).model_dump(mode="json", exclude_defaults=True)
    return EntryVersion(
        entry_id=row.id, number=row.version, data=data, author=row.author, at=row.updated_at
    )


def _plain(entry: Entry) -> dict[str, Any]:
    """Its fields as columns take them: lists as JSON, days as days."""
    days = {"valid_from", "valid_to", "review_by"}
    return entry.model_dump(mode="json", exclude=days) | entry.model_dump(include=days)


def entry_of(row: KnowledgeEntry) -> Entry:
    """The entry that a row keeps."""
    return Entry.model_validate({name: getattr(row, name) for name in Entry.model_fields})


def topic_of(entry: Entry) -> Topic:
    """What the matcher learns of an entry."""
    return Topic(entry.id, (entry.question, *entry.similar), entry.answer, entry.keywords)
