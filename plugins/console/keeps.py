"""What the desk holds of a person: what staff noted, drafts, the list's previews, the audit log.

Lines of the audit log stay in their chain and lose their data; ``audit.proof`` knows why.
"""

from __future__ import annotations

from collections.abc import Sequence

from tortoise.expressions import Q

from core.contacts.holding import Holding
from core.contacts.person import Person, among
from core.effects import Effects
from plugins.console import audit
from plugins.console.models import (
    AuditLine,
    ContactCard,
    Guest,
    Note,
    Place,
    Rating,
    Thread,
)
from plugins.console.numbers.models import Enquiry
from plugins.console.quality.keeps import HOLDINGS as QUALITY


async def threads(person: Person) -> Sequence[Q]:
    """Their own, and those whose last word is theirs."""
    return [*among("contact_id", person.contacts), *among("last_message", person.messages)]


async def lines(person: Person) -> Sequence[Q]:
    """Lines with words about them."""
    about = [str(contact) for contact in person.contacts]
    return [Q(act__in=audit.OF_CONTACTS, about__in=about)]


def farewell(effects: Effects, person: Person, by: str) -> None:
    """The audit log tells that somebody was erased, and by whom."""
    for contact in person.contacts:
        audit.record(effects, by.removeprefix("agent:")[:40], audit.ERASED, contact)


HOLDINGS = (
    Holding(Thread, threads, {"preview": ""}, told="sla:{conversation_id}:"),
    Holding(Enquiry, "conversation_id", {}),
    Holding(Note, "conversation_id"),
    Holding(Place, "conversation_id", {"draft": ""}),
    Holding(Guest, "conversation_id", {}),
    Holding(ContactCard, "contact_id"),
    Holding(Rating, "contact_id", {"comment": ""}),
    Holding(AuditLine, lines, {"data": audit.GONE}),
    *QUALITY,
)
