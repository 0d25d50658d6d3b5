"""The people of an incident: added once each, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from core.effects import Effects
from plugins.compensation.face import Grant
from plugins.incidents.models import Affected, Incident
from plugins.incidents.surge import Heard
from plugins.threads import leads_of

CHUNK = 200


class Standing(StrEnum):
    """How far one person has come."""

    NOTED = "noted"
    UNREACHABLE = "unreachable"  # no way to tell them is known
    NOTIFIED = "notified"
    ANSWERED = "answered"
    COMPENSATED = "compensated"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Standpoint:
    """A person of an incident, where they stand, and the fen they got (``None``: nothing)."""

    row: Affected
    standing: Standing
    fen: int | None


def cause_of(number: str) -> str:
    """The cause under which an incident compensates."""
    return f"incident:{number}"


def standing(row: Affected, *, compensated: bool) -> Standing:
    """The furthest that was reached."""
    if row.closed_at is not None:
        return Standing.CLOSED
    if compensated:
        return Standing.COMPENSATED
    if row.answered_at is not None:
        return Standing.ANSWERED
    if row.notified_at is None:
        return Standing.NOTED
    return Standing.UNREACHABLE if row.route == "none" else Standing.NOTIFIED


async def standpoints(incident: Incident, rows: Sequence[Affected]) -> list[Standpoint]:
    """Where these people of an incident stand."""
    cause = cause_of(incident.number)
    wanted = Grant.filter(cause=cause, contact_id__in=[row.contact_id for row in rows])
    got = {grant.contact_id: grant.fen for grant in await wanted}
    return [
        Standpoint(row, standing(row, compensated=row.contact_id in got), got.get(row.contact_id))
        for row in rows
    ]


async def counts(incident: Incident) -> dict[str, int]:
    """How many stand where; every standing is in it."""
    rows = await Affected.filter(incident_id=incident.id)
    served = {row.contact_id for row in await Grant.filter(cause=cause_of(incident.number))}
    found = dict.fromkeys(map(str, Standing), 0)
    for row in rows:
        found[standing(row, compensated=row.contact_id in served)] += 1
    return found


def add(effects: Effects, number: str, voices: Iterable[Heard], source: str) -> None:
    """Add people who are not in it yet, in the transaction of the effects."""
    many = [(v.contact, v.conversation, v.text) for v in voices]
    effects.write(partial(_add, number, many, source, effects.clock.now()))


async def _add(
    number: str, people: Sequence[tuple[int, int, str]], source: str, now: datetime
) -> None:
    incident = await Incident.get(number=number)
    known = {row.contact_id for row in await Affected.filter(incident_id=incident.id)}
    leads = await leads_of([contact for contact, _, _ in people])
    persons = {leads[one]: (where, said) for one, where, said in reversed(people) if one in leads}
    fresh = [
        Affected(
            incident_id=incident.id,
            contact_id=contact,
            source=source,
            heard_in=conversation,
            said=said[:500],
            noted_at=now,
        )
        for contact, (conversation, said) in persons.items()
        if contact not in known
    ]
    await Affected.bulk_create(fresh, batch_size=CHUNK, ignore_conflicts=True)
