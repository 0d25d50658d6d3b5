"""Contacts that may be one person, by what channels vouch for; plugins know further signs."""

from __future__ import annotations

from collections.abc import Mapping

from tortoise.expressions import RawSQL

from core.contacts.person import Person
from core.store.models import ContactIdentity

PERSONAL = frozenset({"customer_id", "phone", "member_id", "union_id"})
REASON = "core.alike_vouched"


async def vouched_alike(person: Person) -> Mapping[int, str]:
    """Others for whom a channel vouches with the same customer number or phone."""
    facts = {name: values for name, values in person.proven.items() if name in PERSONAL}
    found: set[int] = set()
    for name, values in facts.items():
        for value in values:
            rows = ContactIdentity.annotate(plain=RawSQL("CAST(proven AS TEXT)"))
            for row in await rows.filter(plain__contains=f'"{value}"'):
                if row.proven.get(name) == value:
                    found.add(row.contact_id)
    return dict.fromkeys(found, REASON)
