"""Proposing, approving and refusing: each checks the rules and only adds effects."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from core.effects import Effects
from core.texts import Money
from plugins.compensation.day import hold_to, midnight, spent
from plugins.compensation.models import Grant, Proposal, Stage
from plugins.compensation.policy import Denied, Person, alone, highest, second_eyes
from plugins.compensation.settings import CompensationSettings, fen
from plugins.compensation.wording import condition
from plugins.handoff.face import tell_staff
from plugins.threads import leads_of

HAND_OUT = "compensation.hand_out"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would like to give: ``fen`` a head, or their orders first, or both (S-191)."""

    cause: str
    people: Sequence[int]
    fen: int
    reason: str
    priority: bool = False


async def propose(
    effects: Effects, wish: Wish, by: Person, settings: CompensationSettings
) -> Proposal:
    """Within the person's own limit it is approved at once; above it waits for another person.

    Whoever has got something for this cause is left out. Raises :class:`Denied`; so does the
    commit, if others of the same person came between and the day's limit is reached.
    """
    people = await unserved(wish.cause, wish.people)
    _check(wish, people, fen(settings.per_person))
    day = effects.clock.now().astimezone(effects.texts.zone)
    proposal = Proposal(
        number=f"P{day:%y%m%d}-{secrets.token_hex(3)}",
        cause=wish.cause,
        fen=wish.fen,
        priority=wish.priority,
        people=people,
        reason=wish.reason.strip(),
        proposed_by=by.login,
        proposed_at=effects.clock.now(),
    )
    effects.emit("compensation.proposed", **summary(proposal), by=by.login)
    limit = alone(by, settings)
    if proposal.total + await spent(by.login, midnight(effects)) <= limit:
        _decide(effects, proposal, Stage.APPROVED, by.login)
        hold_to(effects, proposal, limit)
        _hand_out(effects, proposal)
    elif proposal.total > highest(settings):
        raise Denied("highest", most=Money.fen(highest(settings)))
    else:
        _ask_staff(effects, proposal, settings)
    effects.save(proposal)
    return proposal


async def approve(
    effects: Effects, number: str, by: Person, settings: CompensationSettings
) -> Proposal:
    """A second person says yes. Raises :class:`Denied`; the commit raises it for the slower of two.

    The amount is that of the people who still have nothing for this cause; nobody who was erased
    meanwhile gets any.
    """
    proposal = await waiting(number)
    second_eyes(by, proposal.proposed_by, proposal.total, settings)
    if not await unserved(proposal.cause, proposal.people):
        raise Denied("nobody")
    facts = _decide(effects, proposal, Stage.APPROVED, by.login)
    effects.write(partial(_move, proposal.number, facts))
    _hand_out(effects, proposal)
    return proposal


async def refuse(
    effects: Effects, number: str, by: Person, why: str, settings: CompensationSettings
) -> Proposal:
    """Somebody who might have approved it says no, or the proposer takes it back."""
    proposal = await waiting(number)
    if by.login != proposal.proposed_by:
        second_eyes(by, proposal.proposed_by, proposal.total, settings)
    facts = _decide(effects, proposal, Stage.REFUSED, by.login, why)
    effects.write(partial(_move, proposal.number, facts))
    effects.emit("compensation.refused", **summary(proposal), by=by.login)
    return proposal


async def waiting(number: str) -> Proposal:
    """The proposal of that number, if it still waits; raises :class:`Denied`."""
    proposal = await Proposal.get_or_none(number=number)
    if proposal is None:
        raise Denied("unknown", number=number)
    if proposal.state is not Stage.PROPOSED:
        raise Denied("settled", number=number)
    return proposal


async def unserved(cause: str, people: Sequence[int]) -> list[int]:
    """Those who have got nothing for this cause yet, each person once, in their order."""
    served = [row.contact_id for row in await Grant.filter(cause=cause).only("contact_id")]
    leads = await leads_of({*served, *people})
    there = {leads[one] for one in served if one in leads}
    return [
        one for one in dict.fromkeys(leads.get(one, 0) for one in people) if one not in {0, *there}
    ]


def summary(proposal: Proposal) -> dict[str, Any]:
    """What the journal says of a proposal."""
    return {
        "number": proposal.number,
        "cause": proposal.cause,
        "fen": proposal.fen,
        "people": len(proposal.people),
        "total": proposal.total,
    }


def _check(wish: Wish, people: Sequence[int], most: int) -> None:
    if not people:
        raise Denied("nobody")
    if wish.fen < 0 or not (wish.fen or wish.priority):
        raise Denied("nothing")
    if not wish.reason.strip():
        raise Denied("reason")
    if words := condition(wish.reason):
        raise Denied("condition", words=words)
    if wish.fen > most:
        raise Denied("per_person", most=Money.fen(most))


def _hand_out(effects: Effects, proposal: Proposal) -> None:
    effects.emit("compensation.approved", **summary(proposal), by=proposal.settled_by)
    effects.at(timedelta(0), HAND_OUT, proposal.number)


def _decide(
    effects: Effects, proposal: Proposal, state: Stage, by: str, why: str = ""
) -> dict[str, Any]:
    """Stamp the proposal; returns the same as columns."""
    now = effects.clock.now()
    proposal.state, proposal.settled_by, proposal.settled_at, proposal.why = state, by, now, why
    return {"state": state, "settled_by": by, "settled_at": now, "why": why}


async def _move(number: str, facts: dict[str, Any]) -> None:
    waits = Proposal.filter(number=number, state=Stage.PROPOSED)
    if not await waits.update(**facts):
        raise Denied("settled", number=number)


def _ask_staff(effects: Effects, proposal: Proposal, settings: CompensationSettings) -> None:
    tell_staff(
        effects,
        settings.staff,
        "compensation.staff_proposed",
        key=f"compensation:{proposal.number}:proposed",
        number=proposal.number,
        by=proposal.proposed_by,
        people=len(proposal.people),
        each=Money.fen(proposal.fen),
        total=Money.fen(proposal.total),
        reason=proposal.reason,
    )
