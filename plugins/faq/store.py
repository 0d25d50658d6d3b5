"""The rows of the knowledge: published entries and the versions they replaced (S-040)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from pydantic import ValidationError

from core.clock import Clock
from core.store.models import JournalEntry
from plugins.faq.entry import Entry
from plugins.faq.matcher import Topic
from plugins.faq.models import EntryDraft, EntryVersion, KnowledgeEntry

log = structlog.get_logger(__name__)
CHANGED = "faq.changed"
CHUNK = 500  # rows a statement: databases limit its parameters


async def store(
    entries: Sequence[Entry], clock: Clock, author: str = "", *, explicit: bool = False
) -> tuple[int, int]:
    """Publish entries, new or anew by id; returns how many are new and how many changed.

    Call it inside a transaction. Importing the same file again changes nothing. What a changed
    entry said before is kept as a version; a draft of it is done with, and ``explicit`` (each of
    them was meant, not just part of a file) ends the drafts of the unchanged, too.
    """
    new: list[Entry] = []
    changed: list[tuple[KnowledgeEntry, Entry]] = []
    for at in range(0, len(entries), CHUNK):
        part = entries[at : at + CHUNK]
        ids = [entry.id for entry in part]
        rows = {row.id: row for row in await KnowledgeEntry.filter(id__in=ids)}
        new += [entry for entry in part if entry.id not in rows]
        known = [(rows[entry.id], entry) for entry in part if entry.id in rows]
        fresh = [(row, entry) for row, entry in known if legible(row) != entry]
        changed += fresh
        same = {row.id for row, _ in known} - {row.id for row, _ in fresh}
        done = ids if explicit else [one for one in ids if one not in same]
        await EntryDraft.filter(id__in=done).delete()
    now = clock.now()
    await KnowledgeEntry.bulk_create([_row(e, now, 1, author) for e in new], batch_size=CHUNK)
    past = [_past(row, old) for row, _ in changed if (old := legible(row))]
    await EntryVersion.bulk_create(past, batch_size=CHUNK)
    for row, entry in changed:
        await _row(entry, now, row.version + 1, author).save(force_update=True)
    if new or changed:
        data = {"new": len(new), "changed": len(changed), "by": author}
        await JournalEntry.create(kind=CHANGED, at=now, data=data)
    return len(new), len(changed)


def _row(entry: Entry, now: datetime, version: int, author: str) -> KnowledgeEntry:
    return KnowledgeEntry(**_plain(entry), updated_at=now, version=version, author=author)


def _past(row: KnowledgeEntry, entry: Entry) -> EntryVersion:
    data = entry.model_dump(mode="json", exclude_defaults=True)
    return EntryVersion(
        entry_id=row.id, number=row.version, data=data, author=row.author, at=row.updated_at
    )


def _plain(entry: Entry) -> dict[str, Any]:
    """Its fields as columns take them: lists as JSON, days as days."""
    days = {"valid_from", "valid_to", "review_by"}
    return entry.model_dump(mode="json", exclude=days) | entry.model_dump(include=days)


def entry_of(row: KnowledgeEntry) -> Entry:
    """The entry that a row keeps. Raises :class:`pydantic.ValidationError`."""
    return Entry.model_validate({name: getattr(row, name) for name in Entry.model_fields})


def legible(row: KnowledgeEntry) -> Entry | None:
    """The same; ``None``, and a word in the log, where the row holds what no entry may.

    One such row must not keep all others from being known.
    """
    try:
        return entry_of(row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        log.warning("faq.entry_unreadable", entry=row.id, reason=f"{where}: {first['msg']}")
        return None


def topic_of(entry: Entry) -> Topic:
    """What the matcher learns of an entry."""
    return Topic(entry.id, (entry.question, *entry.similar), entry.answer, entry.keywords)
