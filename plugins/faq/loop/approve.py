"""What a trainer does with the loop: gather, take a candidate, approve it (S-018, S-024)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.effects import Effects
from plugins.faq.entry import Entry
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.loop.candidates import Candidate, settle, taught, wiser
from plugins.faq.loop.harvest import harvest
from plugins.faq.models import LifeQuestion
from plugins.faq.publish import refuse_regressions
from plugins.faq.settings import FaqSettings
from plugins.faq.store import CHUNK


class Unanswered(Exception):  # noqa: N818 - a fact, not a fault
    """Nobody has answered these questions yet: approving them needs an answer."""


async def gather(
    effects: Effects, since: datetime | None, more: Sequence[LifeQuestion] = ()
) -> int:
    """Keep what fell short since then, and ``more``; returns how many questions are new."""
    rows = [*(await harvest(since) if since else ()), *more]
    fresh: list[LifeQuestion] = []
    for at in range(0, len(rows), CHUNK):
        part = rows[at : at + CHUNK]
        kept = await LifeQuestion.filter(key__in=[row.key for row in part])
        known = {row.key for row in kept}
        fresh += [row for row in part if row.key not in known]
    later = [row for row in rows if row.pk]  # gathered before, and answered since

    async def work() -> None:
        await LifeQuestion.bulk_create(fresh, batch_size=CHUNK, ignore_conflicts=True)
        for row in later:
            await LifeQuestion.filter(key=row.key).update(answer=row.answer)

    if fresh or later:
        effects.write(work)
    return len(fresh)


def take(found: Sequence[Candidate], number: int) -> Candidate | None:
    """The candidate that holds the question of that number."""
    return next((one for one in found if number in one.rows), None)


async def approve(
    effects: Effects,
    candidate: Candidate,
    base: KnowledgeBase,
    settings: FaqSettings,
    *,
    answer: str = "",
    question: str = "",
    to: str = "",
    by: str = "",
    sure: bool = False,
) -> Entry:
    """Publish a candidate: as an entry of its own, or ``to`` an entry that lacks its wordings.

    Raises :class:`Unanswered`, :class:`LookupError` for an unknown entry,
    :class:`~plugins.faq.loop.candidates.Full` for one that cannot hold the wordings, and
    :class:`~plugins.faq.publish.Regression` unless ``sure``.
    """
    if not to and not (answer or candidate.answer):
        raise Unanswered
    if to:
        entry = _joined(base.get(to), candidate, to)
    else:
        entry = candidate.as_entry(answer or candidate.answer, question, by)
    entry = await taught(entry, base, settings)
    if not sure:
        await refuse_regressions([entry], base, settings)
    settle(effects, candidate, entry, effects.clock, by)
    return entry


def _joined(known: Entry | None, candidate: Candidate, to: str) -> Entry:
    """An entry that has learned the candidate's wordings."""
    if known is None:
        raise LookupError(to)
    similar = tuple(dict.fromkeys((*known.similar, candidate.question, *candidate.similar)))
    tests = tuple(dict.fromkeys((*known.tests, *candidate.tests)))
    return wiser(known, similar, tests)
