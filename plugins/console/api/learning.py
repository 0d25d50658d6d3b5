"""What customers asked in vain, and how the knowledge does: the trainer's daily round."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from pydantic import Field

from plugins.console import audit
from plugins.console.api.knowledge import editor, regressed, write
from plugins.console.ask import Ask
from plugins.console.problems import Problem, not_found
from plugins.console.table import Shape
from plugins.faq.face import (
    Candidate,
    Full,
    Regression,
    Unanswered,
    approve,
    board,
    candidates,
    gather,
    settle,
    take,
)


class Since(Shape):
    """How far back, and how many must have asked."""

    days: int = Field(30, ge=1, le=365)
    least: int = Field(2, ge=1, le=100)


class CandidateShape(Shape):
    """A group of questions nobody has settled, with a drafted entry."""

    id: int
    question: str
    similar: list[str]
    tests: list[str]
    answer: str
    count: int
    sources: dict[str, int]
    nearest: str
    nearest_question: str
    since: datetime


class Candidates(Shape):
    """The largest first."""

    items: list[CandidateShape]


class Approval(Shape):
    """What is left empty stays as drafted; ``to``: teach the wordings to this entry instead."""

    answer: str = Field("", max_length=4000)
    question: str = Field("", max_length=500)
    to: str = Field("", max_length=64)
    sure: bool = False


class Approved(Shape):
    """The entry that answers from now on."""

    entry: str


class Days(Shape):
    """How far back."""

    days: int = Field(30, ge=1, le=365)


class StaleShape(Shape):
    """An entry somebody should look at."""

    entry: str
    question: str
    owner: str
    reason: str
    since: date


class EffectShape(Shape):
    """What came of an approval, before and after."""

    entry: str
    question: str
    asked_before: int
    days_before: float
    answered_after: int
    days_after: float
    useful: int
    useless: int


class UsedShape(Shape):
    """How often an entry answered."""

    entry: str
    question: str
    count: int


class BoardShape(Shape):
    """How the knowledge does; shares are ``null`` where there is nothing to share."""

    questions: int
    answered: int
    suggested: int
    missed: int
    coverage: float | None
    useful: int
    useless: int
    accuracy: float | None
    open: int
    entries: int
    never_used: int
    used: list[UsedShape]
    stale: list[StaleShape]
    effects: list[EffectShape]


MOST = 50  # of each list of the board


async def gather_candidates(ask: Ask, body: Since) -> Candidates:
    """Look for questions that were not settled, and group them."""
    knowledge, effects = editor(ask), ask.desk.effects()
    await gather(effects, ask.desk.clock.now() - timedelta(days=body.days))
    if effects.writes:
        await ask.desk.write(effects)
    found = await candidates(knowledge.base, body.least)
    return Candidates(items=[_shape(ask, one) for one in found])


async def approve_candidate(ask: Ask, body: Approval) -> Approved:
    """Publish what a candidate became."""
    knowledge, one = editor(ask), await _candidate(ask)
    effects, who = ask.desk.effects(), ask.who.login
    facts = body.model_dump()
    try:
        entry = await approve(effects, one, knowledge.base, knowledge.settings, by=who, **facts)
    except Regression as regression:
        raise regressed(ask, regression) from None
    except Full:
        raise Problem(409, "entry-full") from None
    except Unanswered:
        raise Problem(400, "bad-request", fields={"answer": ask.say("console.needed")}) from None
    except LookupError:
        raise Problem(400, "bad-request", fields={"to": body.to}) from None
    audit.record(effects, who, "knowledge-learned", entry.id, asked=one.count, sure=body.sure)
    await write(ask, effects)
    return Approved(entry=entry.id)


async def dismiss_candidate(ask: Ask) -> None:
    """Nobody shall be asked about these questions again."""
    effects, one = ask.desk.effects(), await _candidate(ask)
    settle(effects, one, None, ask.desk.clock, ask.who.login)
    audit.record(effects, ask.who.login, "knowledge-dismissed", one.question, asked=one.count)
    await ask.desk.write(effects)


async def get_board(ask: Ask, query: Days) -> BoardShape:
    """Coverage, accuracy, what is stale or never used, what came of approvals."""
    base, now = editor(ask).base, ask.desk.clock.now()
    found = await board(base, now - timedelta(days=query.days), now)
    used = list(found.used.items())[:MOST]

    def called(entry_id: str) -> str:
        entry = base.get(entry_id)
        return entry.question if entry else entry_id

    shares = {name: getattr(found, name) for name in SHARES}
    return BoardShape(
        **shares,
        entries=len(base),
        never_used=len(found.never_used),
        used=[UsedShape(entry=e, question=called(e), count=n) for e, n in used],
        stale=[StaleShape(**_plain(StaleShape, one)) for one in found.stale[:MOST]],
        effects=[
            EffectShape(**_plain(EffectShape, one, question=called(one.entry)))
            for one in found.effects[-MOST:]
        ],
    )


SHARES = (
    "questions",
    "answered",
    "suggested",
    "missed",
    "coverage",
    "useful",
    "useless",
    "accuracy",
    "open",
)


def _plain(shape: type[Shape], one: object, **more: str) -> dict[str, Any]:
    names = (name for name in shape.model_fields if name not in more)
    return {name: getattr(one, name) for name in names} | more


def _shape(ask: Ask, one: Candidate) -> CandidateShape:
    near = editor(ask).base.get(one.nearest)
    facts = _plain(CandidateShape, one, nearest_question=near.question if near else "")
    return CandidateShape.model_validate(facts)


async def _candidate(ask: Ask) -> Candidate:
    one = take(await candidates(editor(ask).base), ask.number())
    if one is None:
        raise not_found()
    return one
