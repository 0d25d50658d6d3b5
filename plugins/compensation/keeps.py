"""What is held of a person: the books keep how much was given and who decided; the words go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from tortoise.expressions import Q, RawSQL

from core.contacts.holding import Holding
from core.contacts.person import Person, among
from plugins.compensation.models import Grant, Proposal

# the list of numbers as ",1,22,", however an engine spaces its JSON
PEOPLE = "REPLACE(REPLACE(REPLACE(CAST(people AS TEXT), ' ', ''), '[', ','), ']', ',')"


async def proposals(person: Person) -> Sequence[Q]:
    """Those that name the person, and those they got something by after a merge.

    What a complaint causes names its customer: the desk puts them there.
    """
    found: set[str] = set()
    for contact in person.contacts:
        named = Proposal.annotate(listed=RawSQL(PEOPLE)).filter(listed__contains=f",{contact},")
        given = Grant.filter(contact_id=contact)
        found |= set(cast("list[str]", await named.values_list("number", flat=True)))
        found |= set(cast("list[str]", await given.values_list("proposal", flat=True)))
    return among("number", sorted(found))


HOLDINGS = (
    Holding(
        Proposal,
        proposals,
        {"reason": "", "why": ""},
        told="compensation:{number}:",
        others="people",
    ),
    Holding(Grant, "contact_id", {}),
)
