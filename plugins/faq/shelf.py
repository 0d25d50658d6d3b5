"""The knowledge as a list: searched, filtered, a page at a time, with the state of each entry.

Only the rows of a page are read, whatever the filter: a knowledge may have a hundred thousand.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from plugins.faq.entry import Entry
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.loop.board import UNTOUCHED, stale, used
from plugins.faq.models import EntryDraft, KnowledgeEntry
from plugins.faq.store import CHUNK, legible

State = Literal["", "live", "off", "draft", "reviewed", "stale", "unused"]
UNUSED_DAYS = 30  # an entry that answered nobody for so long counts as never used
NAMED = 200  # entries that a word of their similar questions finds, at most


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: ``q`` stands in their texts, ``after`` is the last id of the page before."""

    q: str = ""
    category: str = ""
    state: State = ""
    after: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Spine:
    """An entry in the list.

    ``state``: ``live``, ``off``, ``early`` (its first day is to come), ``expired``, or ``new``
    where only a draft is there. ``draft``: ``draft``, ``reviewed`` or none. ``stale``: why somebody
    should look at it, see :class:`~plugins.faq.loop.board.Stale`.
    """

    id: str
    question: str
    category: str
    owner: str
    state: str
    draft: str
    stale: str
    version: int
    updated_at: datetime


async def shelf(
    base: KnowledgeBase, wanted: Wanted, now: datetime
) -> tuple[list[Spine], str | None]:
    """A page of the list, and where the next one begins."""
    drafts = {row.id: row for row in await EntryDraft.all().order_by("id")}
    new = [] if wanted.after else await _new(wanted, drafts)
    rows, following = await _rows(base, wanted, now, drafts)
    return [*new, *(_spine(row, drafts.get(row.id), base.today, now) for row in rows)], following


async def categories() -> list[str]:
    """All names of categories that entries have."""
    found = await KnowledgeEntry.all().distinct().order_by("category").values_list("category")
    return [str(name) for (name,) in found if name]


def draft_state(row: EntryDraft | None) -> str:
    """How far a draft is."""
    if row is None:
        return ""
    return "reviewed" if row.reviewer else "draft"


def state_of(entry: Entry, today: date) -> str:
    """Whether customers hear it, and if not, why."""
    if not entry.enabled:
        return "off"
    if entry.live(today):
        return "live"
    return "early" if entry.valid_from and entry.valid_from > today else "expired"


async def _rows(
    base: KnowledgeBase, wanted: Wanted, now: datetime, drafts: dict[str, EntryDraft]
) -> tuple[list[KnowledgeEntry], str | None]:
    query, most = await _query(base, wanted, now), wanted.limit
    ids = await _ids(base, wanted, now, drafts)
    if ids is None:
        found = await query.filter(id__gt=wanted.after).order_by("id").limit(most + 1)
    else:
        found = await _among(query, sorted(one for one in ids if one > wanted.after), most)
    return found[:most], found[most - 1].id if len(found) > most else None


async def _among(
    query: QuerySet[KnowledgeEntry], ids: Sequence[str], most: int
) -> list[KnowledgeEntry]:
    """The first of these that fit, and one more if there are more."""
    found: list[KnowledgeEntry] = []
    for at in range(0, len(ids), CHUNK):
        rows = await query.filter(id__in=ids[at : at + CHUNK])
        found += sorted(rows, key=lambda row: row.id)
        if len(found) > most:
            break
    return found[: most + 1]


async def _query(base: KnowledgeBase, wanted: Wanted, now: datetime) -> QuerySet[KnowledgeEntry]:
    rows = KnowledgeEntry.all()
    if wanted.category:
        rows = rows.filter(category=wanted.category)
    if wanted.state == "off":
        rows = rows.filter(enabled=False)
    if wanted.state == "stale":
        old = Q(review_by=None, updated_at__lt=now - UNTOUCHED)
        due = (Q(valid_to__lt=base.today), Q(review_by__lte=base.today), old)
        rows = rows.filter(Q(*due, join_type=Q.OR), enabled=True)
    if wanted.q:
        entries = list(base.entries.values())  # a thread may not see it change
        worded = await asyncio.to_thread(_worded, entries, wanted.q)
        texts = (Q(**{f"{name}__icontains": wanted.q}) for name in ("id", "question", "answer"))
        rows = rows.filter(Q(*texts, Q(id__in=worded), join_type=Q.OR))
    return rows


async def _ids(
    base: KnowledgeBase, wanted: Wanted, now: datetime, drafts: dict[str, EntryDraft]
) -> list[str] | None:
    """The entries in that state, where rows alone do not tell; ``None``: rows tell."""
    if wanted.state in {"draft", "reviewed"}:
        return [one for one, row in drafts.items() if draft_state(row) == wanted.state]
    if wanted.state == "live":
        return list(base.entries)
    if wanted.state == "unused":
        answers = await used(now - timedelta(days=UNUSED_DAYS))
        return [one for one in base.entries if one not in answers]
    return None


def _worded(entries: Sequence[Entry], words: str) -> list[str]:
    """Entries with these words in a similar question or keyword: JSON, so not found in SQL."""
    low = words.lower()
    found = (e.id for e in entries if any(low in wording.lower() for wording in e.wordings))
    return list(itertools.islice(found, NAMED))


async def _new(wanted: Wanted, drafts: dict[str, EntryDraft]) -> list[Spine]:
    """Drafts of entries that customers have never heard."""
    known = {str(one) for one in await _known(list(drafts))}
    found: list[Spine] = []
    for row in drafts.values():
        entry = Entry.model_validate(row.data)
        if (
            row.id not in known
            and wanted.state in {"", draft_state(row)}
            and wanted.category in {"", entry.category}
            and wanted.q.lower() in f"{entry.id} {entry.wordings} {entry.answer}".lower()
        ):
            state = draft_state(row)
            facts = (entry.id, entry.question, entry.category, entry.owner)
            found.append(Spine(*facts, "new", state, "", 0, row.at))
    return found


async def _known(ids: Sequence[str]) -> list[str]:
    found: list[str] = []
    for at in range(0, len(ids), CHUNK):
        rows = KnowledgeEntry.filter(id__in=ids[at : at + CHUNK])
        found += [row["id"] for row in await rows.values("id")]
    return found


def _spine(row: KnowledgeEntry, draft: EntryDraft | None, today: date, now: datetime) -> Spine:
    aged, entry = stale(row, today, now), legible(row)
    return Spine(
        id=row.id,
        question=row.question,
        category=row.category,
        owner=row.owner,
        state=state_of(entry, today) if entry else "off",
        draft=draft_state(draft),
        stale=aged.reason if aged else "",
        version=row.version,
        updated_at=row.updated_at,
    )
