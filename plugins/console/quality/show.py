"""Reviews as the page shows them, to a lead or to the agent whose work it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.store.models import Message
from plugins.console import coach
from plugins.console.ask import Ask
from plugins.console.cards import names
from plugins.console.fold import agent_of
from plugins.console.messages import message_shape
from plugins.console.quality.form import Mark, blank, mean
from plugins.console.quality.models import Review
from plugins.console.quality.shapes import Hint, MarkShape, MayReview, ReviewShape, ReviewWhole
from plugins.console.roles import LEADS

MOST = 200  # messages of one conversation


def form_of(ask: Ask, row: Review) -> list[Mark]:
    """The marks of a review, a blank form before it is scored."""
    if row.state == "open":
        return blank(ask.desk.settings.quality.criteria, ask.say)
    return [Mark(**mark) for mark in row.marks]


def listed(ask: Ask, row: Review, staff: Mapping[str, str]) -> ReviewShape:
    """In a list."""
    lead, mine = bool(ask.roles & LEADS), row.agent == ask.who.login
    return ReviewShape(
        id=row.id,
        conversation=row.conversation_id,
        agent=row.agent,
        agent_name=staff.get(row.agent, row.agent),
        until=row.until,
        why=row.why,
        state=row.state,  # type: ignore[arg-type] - checked by the shape
        mean=mean(row.marks),
        by_name=staff.get(row.by, row.by),
        at=row.at,
        may=MayReview(
            score=lead and not mine and row.state == "open",
            appeal=mine and row.state == "scored",
            decide=lead and not mine and row.state == "appealed",
        ),
    )


async def opened(ask: Ask, row: Review) -> ReviewWhole:
    """In full, with what was said and what the wording coach has to say of it."""
    staff = await names()
    rows = Message.filter(conversation_id=row.conversation_id, at__gte=row.since)
    found = await rows.filter(at__lte=row.until).order_by("-id").limit(MOST)
    messages = sorted(found, key=lambda each: each.id)
    return ReviewWhole(
        review=listed(ask, row, staff),
        marks=[MarkShape(**mark) for mark in form_of(ask, row)],
        comment=row.comment,
        appeal=row.appeal,
        appealed_at=row.appealed_at,
        answer=row.answer,
        answered_name=staff.get(row.answered_by, row.answered_by),
        answered_at=row.answered_at,
        messages=[message_shape(each, staff) for each in messages],
        hints=_hints(ask, row.agent, messages),
    )


def _hints(ask: Ask, agent: str, messages: Sequence[Message]) -> list[Hint]:
    return [
        Hint(message=each.id, phrase=finding.phrase, why=finding.why)
        for each in messages
        if each.direction == "out" and agent_of(each.author) == agent
        for finding in coach.findings(each.text, ask.say)
    ]
