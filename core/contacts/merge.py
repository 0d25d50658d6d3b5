"""Two contacts that are one person: a pointer, not a move, so that undoing it restores exactly.

Every row keeps the contact it was written for; whoever reads a person's history asks
:func:`core.contacts.person.together`. A message that arrives meanwhile belongs to whoever its
channel says, and to the person by the pointer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.store.journal import enter
from core.store.sql import ALONE, Work, insert, update

MERGED, UNMERGED = "contact.merged", "contact.unmerged"


class MergeError(Exception):
    """It cannot be; ``reason``: ``unknown``, ``same``, ``erased``, ``undone``."""

    def __init__(self, reason: str) -> None:
        """In a word."""
        super().__init__(reason)
        self.reason = reason


def merge(contact: int, into: int, by: str, now: datetime) -> Work[int]:
    """``contact`` and whoever leads to it lead to ``into`` from now on; the merge's number."""
    yield ALONE, ("contacts",)
    loser, winner = (yield from _lead(contact)), (yield from _lead(into))
    if loser == winner:
        raise MergeError("same")
    facts = {"contact_id": loser, "into_id": winner, "by": by[:80], "at": now, "undone_by": ""}
    number = (yield from insert("contact_merge", facts)) or 0
    yield from _point(winner, loser)
    told = {"merge": number, "contact": loser, "into": winner, "by": by}
    yield from enter(MERGED, told, now)
    return number


def undo(number: int, by: str, now: datetime) -> Work[tuple[int, int]]:
    """Take a merge back; the two contacts. Other merges stand, earlier ones and later ones."""
    yield ALONE, ("contacts",)
    rows = yield _MERGE, (number,)
    if not rows:
        raise MergeError("unknown")
    loser, winner, undone = rows[0]
    if undone is not None:
        raise MergeError("undone")
    lead = yield from _lead(winner)
    done = {"undone_by": by[:80], "undone_at": now}
    yield from update("contact_merge", done, "id = ?", (number,))
    yield from _point(lead)
    yield from enter(UNMERGED, {"merge": number, "contact": loser, "into": winner, "by": by}, now)
    return loser, winner


def _point(*leads: int) -> Work[None]:
    """Let everybody who leads to one of these lead where the merges that stand say."""
    people = set[int](leads)
    for lead in leads:
        people |= {row[0] for row in (yield _LED, (lead,))}
    standing: list[tuple[int, int, int]] = []
    for one in people:
        standing += [(row[0], row[1], row[2]) for row in (yield _STANDING, (one,))]
    found = _leads(people, sorted(standing))
    for one, lead in found.items():
        yield from update("contact", {"merged_into": lead}, "id = ?", (one,))


def _leads(people: Iterable[int], merges: Iterable[tuple[int, int, int]]) -> dict[int, int | None]:
    """By contact who leads, ``None`` for those who do."""
    lead = {one: one for one in people}
    for _number, loser, winner in merges:
        before, after = lead[loser], lead[winner]
        lead = {one: after if led == before else led for one, led in lead.items()}
    return {one: None if led == one else led for one, led in lead.items()}


def _lead(contact: int) -> Work[int]:
    rows = yield _WHO, (contact,)
    if not rows:
        raise MergeError("unknown")
    if rows[0][1] is not None:
        raise MergeError("erased")
    return rows[0][0] or contact


_WHO = "SELECT merged_into, erased_at FROM contact WHERE id = ?"
_LED = "SELECT id FROM contact WHERE merged_into = ? ORDER BY id"
_STANDING = """
SELECT id, contact_id, into_id FROM contact_merge WHERE contact_id = ? AND undone_at IS NULL
"""
_MERGE = "SELECT contact_id, into_id, undone_at FROM contact_merge WHERE id = ?"
