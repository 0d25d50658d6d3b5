"""What the knowledge holds of a person: questions that nobody knew, and whether answers helped."""

from __future__ import annotations

from collections.abc import Sequence

from tortoise.expressions import Q

from core.contacts.holding import Holding
from core.contacts.person import Person, among
from plugins.faq.models import Feedback, LifeQuestion


async def questions(person: Person) -> Sequence[Q]:
    """Those that were gathered from their messages."""
    return among("key", [f"m{number}" for number in person.said])


HOLDINGS = (
    Holding(LifeQuestion, questions),
    Holding(Feedback, "conversation_id", {}),
)
