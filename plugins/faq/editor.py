"""The knowledge as those work with it who write it, and those who answer with it at a desk.

A thin layer over drafts, exam, versions and the matcher, for other plugins (``face.py``).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, computed_field

from core.effects import Effects
from plugins.faq.bands import Bands, Decision
from plugins.faq.entry import Entry
from plugins.faq.exam import Finding
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.models import EntryDraft, KnowledgeEntry
from plugins.faq.publish import DRAFTED, Regression, check, draft
from plugins.faq.settings import FaqSettings
from plugins.faq.store import legible, store
from plugins.faq.wording import PERSONAL, WORDS, fill, fitting

NEW = "new"  # the stamp of what is not there yet
RANKED = 8  # entries that a trial shows


class Outdated(Exception):  # noqa: N818 - a fact, not a fault
    """Somebody else has changed the entry since it was looked at."""


class Sheet(BaseModel):
    """An entry with all that is kept about it, as a desk shows it too.

    ``stamp`` changes with whatever happens to it: who changes it shows the one they saw.
    """

    model_config = ConfigDict(frozen=True)
    id: str
    published: Entry | None
    version: int
    author: str
    updated_at: datetime | None
    draft: Entry | None
    drafted_by: str
    drafted_at: datetime | None
    reviewer: str

    @computed_field
    @property
    def stamp(self) -> str:
        """What an editor has seen."""
        at = self.drafted_at.timestamp() if self.drafted_at else 0
        return f"{self.version}-{at:.6f}-{self.reviewer}"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a customer would hear, and why: the entries that come nearest, the likeliest first."""

    decision: Decision
    answer: str
    ranked: list[tuple[Entry, float]]


@dataclass(frozen=True, slots=True)
class Editor:
    """Works on the knowledge of the running shop."""

    base: KnowledgeBase
    settings: FaqSettings

    async def trial(self, text: str, listener: Collection[str]) -> Trial:
        """Ask as a customer would; ``listener``: words that are true of whoever asks."""
        public = "direct" not in listener
        wanted = self.settings.public_precision if public else self.settings.precision
        bands = Bands(wanted, self.settings.helpful, self.settings.candidates)
        decision = await self.base.decide(text, bands)
        matches = await self.base.find(text, RANKED)
        ranked = [(e, m.score) for m in matches if (e := self.base.get(m.entry_id))]
        said = self.base.get(decision.offered[0].entry_id) if decision.offered else None
        sure = decision.band == "answer" and said is not None
        return Trial(decision, self.worded(said, listener) if sure and said else "", ranked)

    def worded(self, entry: Entry, listener: Collection[str], name: str = "") -> str:
        """An entry's answer for a listener, with its facts; ``name``: the customer's."""
        facts = {**self.settings.facts, **dict.fromkeys(PERSONAL, "")}
        facts |= dict.fromkeys(WORDS["fact_name"], name)
        return fill(fitting(entry, {*listener, self.settings.tone}), facts)

    async def check(self, entries: Sequence[Entry]) -> list[Finding]:
        """What publishing these would do."""
        return await check(entries, self.base, self.settings)

    async def publish(
        self, effects: Effects, entries: Sequence[Entry], by: str, *, sure: bool, stamp: str = ""
    ) -> list[Finding]:
        """Publish with these effects; returns what is worth telling.

        With ``stamp`` it is the one entry that its editor looks at: its draft is done with.

        Raises :class:`~plugins.faq.publish.Regression` when it would spoil answers, unless
        ``sure``. The transaction raises :class:`Outdated` where ``stamp`` is no longer true.
        """
        found = await self.check(entries)
        if not sure and (grave := [finding for finding in found if finding.grave]):
            raise Regression(grave)

        async def work() -> None:
            if stamp:
                await _unchanged(entries[0].id, stamp)
            await store(entries, effects.clock, by, explicit=bool(stamp))

        effects.write(work)
        effects.emit("faq.published", entries=len(entries), by=by)
        return found

    def draft(self, effects: Effects, entries: Sequence[Entry], by: str, stamp: str = "") -> None:
        """Keep drafts; the transaction raises :class:`Outdated` where ``stamp`` is untrue."""

        async def work() -> None:
            if stamp:
                await _unchanged(entries[0].id, stamp)
            await draft(entries, effects.clock, by)

        effects.write(work)
        effects.emit(DRAFTED, entries=len(entries), by=by)

    def review(self, effects: Effects, entry_id: str, by: str, stamp: str) -> None:
        """Say that a draft is right."""

        async def work() -> None:
            await _unchanged(entry_id, stamp)
            await EntryDraft.filter(id=entry_id).update(reviewer=by)

        effects.write(work)
        effects.emit(DRAFTED, entries=1, by=by)

    def discard(self, effects: Effects, entry_id: str, by: str, stamp: str) -> None:
        """Forget a draft; customers hear what they heard."""

        async def work() -> None:
            await _unchanged(entry_id, stamp)
            await EntryDraft.filter(id=entry_id).delete()

        effects.write(work)
        effects.emit(DRAFTED, entries=1, by=by)


async def sheet(entry_id: str) -> Sheet | None:
    """Everything about one entry; ``None`` where there is neither an entry nor a draft."""
    row = await KnowledgeEntry.get_or_none(id=entry_id)
    kept = await EntryDraft.get_or_none(id=entry_id)
    if row is None and kept is None:
        return None
    return Sheet(
        id=entry_id,
        published=legible(row) if row else None,
        version=row.version if row else 0,
        author=row.author if row else "",
        updated_at=row.updated_at if row else None,
        draft=Entry.model_validate(kept.data) if kept else None,
        drafted_by=kept.author if kept else "",
        drafted_at=kept.at if kept else None,
        reviewer=kept.reviewer if kept else "",
    )


async def _unchanged(entry_id: str, stamp: str) -> None:
    now = await sheet(entry_id)
    if (now.stamp if now else NEW) != stamp:
        raise Outdated
