"""What is held of a person: their words in an incident, and those that staff were shown of it."""

from __future__ import annotations

from collections.abc import Sequence

from tortoise.expressions import Q

from core.contacts.holding import Holding
from core.contacts.person import Person, among, condition
from plugins.incidents.models import Affected, Hit, Incident


async def incidents(person: Person) -> Sequence[Q]:
    """Those that the person is part of."""
    numbers: list[int] = []
    for part in among("contact_id", person.contacts):
        numbers += [row.incident_id for row in await Affected.filter(part).only("incident_id")]
    return among("id", numbers) or [condition(id=0)]


HOLDINGS = (
    Holding(Incident, incidents, {}, told="incident:{number}:staff:draft"),
    Holding(Affected, "contact_id", {"said": ""}),
    Holding(Hit, "contact_id"),
)
