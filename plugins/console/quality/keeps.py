"""What quality inspection holds of customers, for export and erasing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tortoise.expressions import Q

from core.contacts.holding import Holding
from core.contacts.person import Person, among
from plugins.console.quality.models import Consent, Review


async def waiting(person: Person) -> Sequence[Q]:
    """Not scored yet: there will be nothing to look at."""
    return [one & Q(state="open") for one in among("conversation_id", person.conversations)]


async def scored(person: Person) -> Sequence[Q]:
    """The scores are the agent's and stay; words may tell of the customer."""
    return [one & ~Q(state="open") for one in among("conversation_id", person.conversations)]


def bare(row: Review, _now: datetime) -> Mapping[str, Any]:
    """Without words."""
    marks = [{**mark, "comment": ""} for mark in row.marks]
    return {"marks": marks, "comment": "", "appeal": "", "answer": ""}


HOLDINGS = (
    Holding(Consent, "contact_id", {"text": ""}),
    Holding(Review, waiting),
    Holding(Review, scored, bare),
)
