"""From a draft to what customers hear, and back: publish, refuse, roll back (S-024, S-040)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from core.clock import Clock
from plugins.faq.bands import Bands
from plugins.faq.entry import Entry
from plugins.faq.exam import MANY, Finding, conflicts, examine
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.models import EntryDraft, EntryVersion, KnowledgeEntry
from plugins.faq.settings import FaqSettings
from plugins.faq.store import legible
from plugins.faq.wording import unknown_facts

DRAFTED = "faq.drafted"  # the journal's word: drafts were written, reviewed or dropped


class Regression(Exception):  # noqa: N818 - a finding, not a fault
    """The change would spoil answers; ``findings`` tell which. Publishing needs a say-so."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep what is grave."""
        super().__init__(f"{len(findings)} findings")
        self.findings = list(findings)


@dataclass(frozen=True, slots=True)
class Change:
    """Version ``number`` of an entry's field ``field`` said ``old``; now it says ``new``."""

    field: str
    old: object
    new: object


async def check(
    entries: Sequence[Entry] | None, base: KnowledgeBase, settings: FaqSettings
) -> list[Finding]:
    """What publishing these entries would do; ``None``: how the knowledge stands as it is."""
    known = dict(base.entries)
    asked = known.values() if entries is None else entries
    changed = {e.id: _dated(e, base) for e in asked if entries is None or known.get(e.id) != e}
    found = [
        Finding("fact", entry.id, name)
        for entry in changed.values()
        for name in unknown_facts(entry, settings)
    ]
    tested = any(entry.tests for entry in (*known.values(), *changed.values()))
    if not changed or (len(changed) > MANY and not tested):  # nothing to ask a matcher
        return found + list(conflicts({**known, **changed}, changed))
    bands = Bands(settings.precision, settings.helpful, settings.candidates)
    rehearsal = await base.rehearse([] if entries is None else list(changed.values()))
    return found + await asyncio.to_thread(examine, rehearsal, bands, known, changed)


def _dated(entry: Entry, base: KnowledgeBase) -> Entry:
    """An entry whose days are over is as good as switched off: it claims and promises nothing."""
    over = entry.enabled and not entry.to_come(base.today)
    return entry.model_copy(update={"enabled": False}) if over else entry


async def refuse_regressions(
    entries: Sequence[Entry], base: KnowledgeBase, settings: FaqSettings
) -> list[Finding]:
    """What is worth telling of a change. Raises :class:`Regression` when it would do harm."""
    found = await check(entries, base, settings)
    if grave := [finding for finding in found if finding.grave]:
        raise Regression(grave)
    return found


async def draft(entries: Sequence[Entry], clock: Clock, author: str = "") -> None:
    """Keep entries as drafts that nobody has reviewed; inside a transaction."""
    for entry in entries:
        data = entry.model_dump(mode="json", exclude_defaults=True)
        values = {"data": data, "author": author, "reviewer": "", "at": clock.now()}
        await EntryDraft.update_or_create(id=entry.id, defaults=values)


async def drafted(entry_id: str) -> tuple[Entry, str] | None:
    """A draft and who reviewed it (empty: nobody)."""
    row = await EntryDraft.get_or_none(id=entry_id)
    return (Entry.model_validate(row.data), row.reviewer) if row else None


async def versions(entry_id: str) -> list[tuple[int, Entry, str, str]]:
    """All versions, the newest (published one) first: number, entry, author, since when (ISO)."""
    current = await KnowledgeEntry.get_or_none(id=entry_id)
    said = legible(current) if current else None
    if current is None or said is None:
        return []
    newest = (current.version, said, current.author, current.updated_at.isoformat())
    past = await EntryVersion.filter(entry_id=entry_id).order_by("-number")
    return [
        newest,
        *((v.number, Entry.model_validate(v.data), v.author, v.at.isoformat()) for v in past),
    ]


def difference(old: Entry, new: Entry) -> list[Change]:
    """The fields in which two versions differ."""
    return [
        Change(name, getattr(old, name), getattr(new, name))
        for name in Entry.model_fields
        if getattr(old, name) != getattr(new, name)
    ]
