"""What becomes of a review: scored, sent to the agent, appealed once, decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from core.effects import Effects
from core.store.models import Conversation, JournalEntry
from plugins.console import audit
from plugins.console.problems import Problem, not_found
from plugins.console.quality.consent import objects
from plugins.console.quality.form import Mark, mean
from plugins.console.quality.models import Review
from plugins.console.quality.notice import told
from plugins.console.quality.plan import Episode, complained


async def choose(effects: Effects, number: int, ground: str, by: str) -> int:
    """Look at a conversation although nobody drew it: the closing whose review it is.

    Raises :class:`Problem` ``not-found`` (never closed), ``not-told``, ``objected``, ``exists``.
    """
    rows = JournalEntry.filter(kind="desk.closed", conversation_id=number)
    entry = await rows.order_by("-id").first()
    conversation = await Conversation.get_or_none(id=number)
    if entry is None or conversation is None:
        raise not_found()
    one = Episode.of(entry)
    law, complaint = ground == "law", await complained(one)
    await may_look(one.agent, conversation.contact_id, law=law, complaint=complaint)
    if await Review.filter(closing=one.closing).exists():
        raise Problem(409, "exists")
    effects.save(one.review([ground or "chosen"], effects.clock.now()))
    audit.record(effects, by, "review-chosen", number, agent=one.agent, ground=ground)
    return one.closing


async def may_look(agent: str, contact: int | None, *, law: bool, complaint: bool) -> None:
    """Raise :class:`Problem` where somebody must not be looked at.

    The agent must know of it; a customer's no holds but for a complaint, and for the law.
    """
    if agent not in await told():
        raise Problem(409, "not-told")
    if not (law or complaint) and await objects(contact):
        raise Problem(409, "objected")


def score(effects: Effects, row: Review, marks: Sequence[Mark], comment: str, by: str) -> None:
    """Fill the form; the agent is told at once."""
    if row.agent == by:
        raise Problem(409, "own-review")
    now = effects.clock.now()
    facts = {"marks": list(marks), "comment": comment, "by": by, "at": now}
    _move(effects, row, "open", "scored", **facts)
    audit.record(effects, by, "review-scored", row.id, agent=row.agent, mean=mean(marks))
    effects.emit("quality.scored", review=row.id, to=[row.agent])


def appeal(effects: Effects, row: Review, words: str, by: str) -> None:
    """The agent sees it otherwise: once."""
    if row.agent != by:
        raise not_found()
    _move(effects, row, "scored", "appealed", appeal=words, appealed_at=effects.clock.now())
    audit.record(effects, by, "review-appealed", row.id)
    effects.emit("quality.appealed", review=row.id, to=[row.by])


def decide(effects: Effects, row: Review, marks: Sequence[Mark], words: str, by: str) -> None:
    """The last word; ``marks`` are the old ones where the scores stand."""
    if row.agent == by:
        raise Problem(409, "own-review")
    before, after = mean(row.marks), mean(marks)
    facts = {"answer": words, "answered_by": by, "answered_at": effects.clock.now()}
    _move(effects, row, "appealed", "settled", marks=list(marks), **facts)
    audit.record(effects, by, "review-decided", row.id, agent=row.agent, before=before, after=after)
    effects.emit("quality.decided", review=row.id, to=[row.agent])


def _move(effects: Effects, row: Review, before: str, after: str, **facts: Any) -> None:  # noqa: ANN401 - columns
    if row.state != before:
        raise Problem(409, "review-moved")
    effects.write(partial(_moved, row.id, before, {**facts, "state": after}))


async def _moved(number: int, before: str, facts: dict[str, Any]) -> None:
    if not await Review.filter(id=number, state=before).update(**facts):
        raise Problem(409, "review-moved")  # somebody was faster
