"""How the knowledge does: coverage, accuracy, what is stale or never used, what came of approvals.

(S-022, S-025, S-040, S-045.) Plain data; whoever draws it asks :func:`board`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.store.models import JournalEntry
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.models import Feedback, KnowledgeEntry, LifeQuestion

UNTOUCHED = timedelta(days=180)  # an entry that nobody changed for so long wants to be looked at


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry somebody should look at: past its review, expired, or untouched for long."""

    entry: str
    question: str
    owner: str
    reason: str  # review, expired, untouched
    since: date


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of questions that were made an entry: how often asked in vain, and answered since.

    ``days`` are those from the first question to the approval, and since the approval.
    """

    entry: str
    asked_before: int
    days_before: float
    answered_after: int
    days_after: float
    useful: int
    useless: int


@dataclass(frozen=True, slots=True)
class Board:
    """Figures since a moment; shares are ``None`` when there is nothing to share."""

    questions: int  # answered, offered a choice, or missed
    answered: int
    suggested: int
    missed: int
    coverage: float | None  # of the questions, those with an answer or a choice
    useful: int
    useless: int
    accuracy: float | None  # of the verdicts, those that say it helped
    open: int  # gathered questions that nobody has settled
    used: dict[str, int]  # answers by entry
    never_used: list[str]
    stale: list[Stale]
    effects: list[Effect]

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


async def board(base: KnowledgeBase, since: datetime, now: datetime) -> Board:
    """The knowledge since a moment."""
    counts = await _counts(since)
    answers = await used(since)
    questions = counts["faq.answered"] + counts["faq.suggested"] + counts["faq.missed"]
    verdicts = Feedback.filter(at__gte=since)
    useful = await verdicts.filter(useful=True).count()
    useless = await verdicts.filter(useful=False).count()
    return Board(
        questions=questions,
        answered=counts["faq.answered"],
        suggested=counts["faq.suggested"],
        missed=counts["faq.missed"],
        coverage=_share(questions - counts["faq.missed"], questions),
        useful=useful,
        useless=useless,
        accuracy=_share(useful, useful + useless),
        open=await LifeQuestion.filter(settled_at=None).count(),
        used=dict(answers.most_common()),
        never_used=[entry_id for entry_id in base.entries if entry_id not in answers],
        stale=await _stale(base.today, now),
        effects=await _effects(now),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


async def _counts(since: datetime) -> Mapping[str, int]:
    kinds = ("faq.answered", "faq.suggested", "faq.missed")
    return {kind: await JournalEntry.filter(kind=kind, at__gte=since).count() for kind in kinds}


async def _answers(since: datetime) -> list[tuple[str, datetime]]:
    """Which entries answered, and when."""
    events = await JournalEntry.filter(kind="faq.answered", at__gte=since).order_by("id")
    return [(str(event.data.get("entry", "")), event.at) for event in events]


async def _stale(today: date, now: datetime) -> list[Stale]:
    rows = await KnowledgeEntry.filter(enabled=True).order_by("id")
    return [one for row in rows if (one := stale(row, today, now)) is not None]


def stale(row: KnowledgeEntry, today: date, now: datetime) -> Stale | None:
    """Why somebody should look at an entry, if anybody should."""
    since, reason = row.updated_at.date(), ""
    if not row.enabled:
        return None
    if row.valid_to is not None and row.valid_to < today:
        since, reason = row.valid_to, "expired"
    elif row.review_by is not None and row.review_by <= today:
        since, reason = row.review_by, "review"
    elif row.review_by is None and now - row.updated_at > UNTOUCHED:
        reason = "untouched"
    return Stale(row.id, row.question, row.owner, reason, since) if reason else None


async def used(since: datetime) -> Counter[str]:
    """How often each entry answered since a moment."""
    return Counter(entry_id for entry_id, _ in await _answers(since))


async def _effects(now: datetime) -> list[Effect]:
    """Of every entry that gathered questions were settled with."""
    by_entry: dict[str, list[LifeQuestion]] = {}
    for row in await LifeQuestion.exclude(entry_id="").order_by("at"):
        by_entry.setdefault(row.entry_id, []).append(row)
    approved = {one: min(_settled(row) for row in rows) for one, rows in by_entry.items()}
    answers = await _answers(min(approved.values())) if approved else []
    found: list[Effect] = []
    for one, rows in by_entry.items():
        verdicts = Feedback.filter(entry_id=one, at__gte=approved[one])
        effect = Effect(
            entry=one,
            asked_before=len(rows),
            days_before=round((approved[one] - rows[0].at) / timedelta(days=1), 2),
            answered_after=sum(entry_id == one and at >= approved[one] for entry_id, at in answers),
            days_after=round((now - approved[one]) / timedelta(days=1), 2),
            useful=await verdicts.filter(useful=True).count(),
            useless=await verdicts.filter(useful=False).count(),
        )
        found.append(effect)
    return found


def _settled(row: LifeQuestion) -> datetime:
    return row.settled_at or row.at
