"""What customers ask that the knowledge lacks: candidates, approved or dismissed (S-018, S-046).

A candidate is a group of open questions that ask the same. It is known by the number of its oldest
question, and carries a drafted entry made of the customers' own words and what people replied.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from core.clock import Clock
from core.effects import Effects
from plugins.faq.bands import Bands
from plugins.faq.dense import unit
from plugins.faq.entry import Entry
from plugins.faq.exam import Grade, ask
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.layout import Floats
from plugins.faq.loop.clusters import ALIKE, MOST, clusters, middle, spread, vectors
from plugins.faq.models import LifeQuestion
from plugins.faq.settings import FaqSettings
from plugins.faq.store import store
from plugins.faq.terms import flatten

TAUGHT, TESTED = 12, 20  # wordings that a draft is taught, and those that test it


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group of questions nobody has settled.

    ``sources`` counts why they were gathered. ``nearest`` is the entry that most of them come
    nearest to: perhaps it only lacks these wordings. ``answer`` is what people replied, if anybody.
    """

    id: int
    question: str
    similar: tuple[str, ...]
    tests: tuple[str, ...]
    answer: str
    count: int
    sources: dict[str, int]
    blamed: tuple[str, ...]
    nearest: str
    since: datetime
    rows: tuple[int, ...]

    @property
    def entry(self) -> Entry | None:
        """The drafted entry; ``None`` while nobody knows the answer."""
        return self.as_entry(self.answer) if self.answer else None

    def as_entry(self, answer: str, question: str = "", owner: str = "") -> Entry:
        """An entry of these wordings with that answer, and perhaps a better standard question."""
        return Entry(
            id=f"life-{self.id}",
            question=question or self.question,
            answer=answer,
            similar=(*((self.question,) if question else ()), *self.similar),
            tests=self.tests,
            owner=owner,
        )


async def candidates(base: KnowledgeBase, least: int = 1) -> list[Candidate]:
    """All groups of at least so many open questions, the largest first."""
    rows = await LifeQuestion.filter(settled_at=None).order_by("-id").limit(MOST)
    rows.reverse()
    if not rows:
        return []
    asked = await base.read([row.text for row in rows])
    dense = asked[0].vector is not None
    points = await asyncio.to_thread(vectors, asked)
    groups = await asyncio.to_thread(clusters, points, ALIKE[dense])
    found = [
        await _candidate([rows[at] for at in group], unit(points[group]), base)
        for group in groups
        if len(group) >= least
    ]
    return sorted(found, key=lambda one: (-one.count, one.id))


async def _candidate(
    rows: Sequence[LifeQuestion], points: Floats, base: KnowledgeBase
) -> Candidate:
    order = spread(points, middle(points), len(rows))
    texts = list({flatten(rows[at].text): rows[at].text for at in order}.values())
    nearest = [await base.find(text, 1) for text in texts[:TAUGHT]]
    common = Counter(found[0].entry_id for found in nearest if found).most_common(1)
    return Candidate(
        id=rows[0].id,
        question=texts[0],
        similar=tuple(texts[1 : TAUGHT + 1]),
        tests=tuple(texts[TAUGHT + 1 : TAUGHT + 1 + TESTED]),
        answer=await _reply([row.answer for row in rows if row.answer], base),
        count=len(rows),
        sources=dict(Counter(row.source for row in rows)),
        blamed=tuple(sorted({row.blamed for row in rows if row.blamed})),
        nearest=common[0][0] if common else "",
        since=min(row.at for row in rows),
        rows=tuple(row.id for row in rows),
    )


async def _reply(answers: Sequence[str], base: KnowledgeBase) -> str:
    """The reply that says what most of them say."""
    if not answers:
        return ""
    points = vectors(await base.read(answers))
    return answers[middle(points)].strip()


class Full(Exception):  # noqa: N818 - a fact, not a fault
    """An entry cannot hold so many wordings or tests: it is two subjects, or wants tidying."""


def wiser(entry: Entry, similar: Sequence[str], tests: Sequence[str]) -> Entry:
    """The entry with these wordings and tests. Raises :class:`Full`."""
    try:
        return Entry.model_validate(entry.model_dump() | {"similar": similar, "tests": tests})
    except ValidationError as error:
        raise Full(entry.id) from error


async def taught(entry: Entry, base: KnowledgeBase, settings: FaqSettings) -> Entry:
    """The entry with the wordings it would not answer learned, and the others as its tests.

    Raises :class:`Full`.
    """
    bands = Bands(settings.precision, settings.helpful, settings.candidates)
    after = (await base.rehearse([entry])).after

    def fails(text: str) -> bool:
        return ask(after, bands, text, entry.id).grade < Grade.OFFERED

    learned = [text for text in entry.tests if await asyncio.to_thread(fails, text)]
    if not learned:
        return entry
    tests = tuple(text for text in entry.tests if text not in learned)
    return await taught(wiser(entry, (*entry.similar, *learned), tests), base, settings)


def settle(
    effects: Effects, candidate: Candidate, entry: Entry | None, clock: Clock, author: str = ""
) -> None:
    """Publish what the candidate became; with ``None`` it is dismissed."""
    rows, entry_id = candidate.rows, entry.id if entry else ""

    async def work() -> None:
        if entry:
            await store([entry], clock, author)
        for at in range(0, len(rows), 500):
            some = LifeQuestion.filter(id__in=rows[at : at + 500])
            await some.update(settled_at=clock.now(), entry_id=entry_id)

    effects.write(work)
    facts = {"candidate": candidate.id, "entry": entry_id, "count": candidate.count}
    effects.emit("faq.settled", **facts, by=author)
