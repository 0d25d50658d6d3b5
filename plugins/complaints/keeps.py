"""What complaints hold of a person, and that an open one is a reason not to erase them yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.contacts.holding import Holding
from core.contacts.obstacles import Bar
from core.contacts.person import Person
from plugins.complaints.models import Complaint, ComplaintLead, FollowUp, State


def closed(row: Complaint, now: datetime) -> Mapping[str, Any]:
    """Counted as it was; whoever insisted has closed what was open."""
    return {
        "notes": [],
        "blame": "",
        "solution": "",
        "state": State.CLOSED,
        "closed_at": row.closed_at or now,
    }


async def still_open(person: Person) -> list[Bar]:
    """A complaint runs: its words are needed until it is closed."""
    rows = Complaint.filter(contact_id__in=person.contacts).exclude(state=State.CLOSED)
    return [Bar("complaints.bars_erasing", {"number": row.number}) for row in await rows]


HOLDINGS = (
    Holding(Complaint, "contact_id", closed, told="complaint:{number}:"),
    Holding(ComplaintLead, "contact_id", {"text": ""}),
    Holding(FollowUp, "contact_id", {"text": ""}),
)
