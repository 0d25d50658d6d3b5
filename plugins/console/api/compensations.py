"""Compensation at the desk: proposed within one's limits, and a second pair of eyes above them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Literal

from pydantic import Field

from core.effects import Effects
from plugins.compensation import face as compensation
from plugins.compensation.face import CompensationSettings, Denied, Person, Proposal, Stage, Wish
from plugins.complaints.face import Complaint
from plugins.console import audit
from plugins.console.api import incidents
from plugins.console.ask import Ask
from plugins.console.problems import Problem, not_found
from plugins.console.table import Shape
from plugins.incidents.face import Affected, cause_of


class Stages(Shape):
    """Which proposals."""

    state: Literal["proposed", "all"] = "proposed"
    cause: str = Field("", max_length=60)


class ProposalShape(Shape):
    """A proposal; ``mine``: this person may decide on it."""

    number: str
    cause: str
    state: str
    state_text: str
    fen: int
    priority: bool
    people: int
    total: int
    reason: str
    proposed_by: str
    proposed_at: datetime
    settled_by: str
    settled_at: datetime | None
    why: str
    mine: bool


class Proposals(Shape):
    """The oldest that waits first."""

    items: list[ProposalShape]


class Giving(Shape):
    """The same for everybody who has got nothing yet: fen for each, or their orders first."""

    fen: int = Field(0, ge=0, le=10**7)
    priority: bool = False
    reason: str = Field(min_length=1, max_length=500)


class No(Shape):
    """Why not."""

    why: str = Field("", max_length=500)


async def list_compensations(ask: Ask, query: Stages) -> Proposals:
    """What waits for a second pair of eyes, or everything."""
    _rules(ask)
    rows = Proposal.all() if query.state == "all" else Proposal.filter(state=Stage.PROPOSED)
    if query.cause:
        rows = rows.filter(cause=query.cause)
    order = "-id" if query.state == "all" else "id"
    return Proposals(items=[_shape(ask, row) for row in await rows.order_by(order).limit(100)])


async def compensate_incident(ask: Ask, body: Giving) -> ProposalShape:
    """Everybody of an incident (S-191)."""
    incident = await incidents.find(ask)
    rows = await Affected.filter(incident_id=incident.id).only("contact_id")
    people = [row.contact_id for row in rows]
    wish = Wish(cause_of(incident.number), people, body.fen, body.reason, body.priority)
    return await _propose(ask, wish)


async def compensate_complaint(ask: Ask, body: Giving) -> ProposalShape:
    """The customer of a complaint (S-186)."""
    _rules(ask)
    case = await Complaint.get_or_none(number=ask.path["number"])
    if case is None:
        raise not_found()
    wish = Wish(f"complaint:{case.number}", [case.contact_id], body.fen, body.reason, body.priority)
    return await _propose(ask, wish)


async def approve_compensation(ask: Ask) -> ProposalShape:
    """Another person than the proposer says yes."""
    number = ask.path["number"]
    async with _acting(ask, "approved", number) as effects:
        await compensation.approve(effects, number, _person(ask), _rules(ask))
    return _shape(ask, await Proposal.get(number=number))


async def refuse_compensation(ask: Ask, body: No) -> ProposalShape:
    """No; or the proposer takes it back."""
    number = ask.path["number"]
    async with _acting(ask, "refused", number) as effects:
        await compensation.refuse(effects, number, _person(ask), body.why, _rules(ask))
    return _shape(ask, await Proposal.get(number=number))


async def _propose(ask: Ask, wish: Wish) -> ProposalShape:
    async with _acting(ask, "proposed", wish.cause) as effects:
        made = await compensation.propose(effects, wish, _person(ask), _rules(ask))
    return _shape(ask, await Proposal.get(number=made.number))


@asynccontextmanager
async def _acting(ask: Ask, act: str, about: str) -> AsyncGenerator[Effects]:
    """Effects that are committed with a line of the audit log; a rule against it is told."""
    effects = ask.desk.effects()
    try:
        yield effects
        audit.record(effects, ask.who.login, f"compensation-{act}", about)
        await ask.desk.write(effects)
    except Denied as denied:
        if denied.code == "unknown":
            raise not_found() from None
        reason = ask.say(f"compensation.denied_{denied.code}", **denied.values)
        raise Problem(409, "denied", fields={"reason": reason}) from None


def _person(ask: Ask) -> Person:
    return Person(ask.who.login, frozenset(map(str, ask.roles)))


def _rules(ask: Ask) -> CompensationSettings:
    """The limits, where the shop has the plugin."""
    if ask.desk.compensation is None:
        raise not_found()
    return ask.desk.compensation


def _shape(ask: Ask, row: Proposal) -> ProposalShape:
    person, rules = _person(ask), _rules(ask)
    most = compensation.may_approve(person, rules)
    waits = row.state is Stage.PROPOSED
    return ProposalShape(
        number=row.number,
        cause=row.cause,
        state=str(row.state),
        state_text=ask.say(f"compensation.state_{row.state}"),
        fen=row.fen,
        priority=row.priority,
        people=len(row.people),
        total=row.total,
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
        why=row.why,
        mine=waits and row.proposed_by != person.login and most >= row.total,
    )
