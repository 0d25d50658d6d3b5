"""Complaints as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.store.models import Contact, Conversation
from plugins.complaints.face import Complaint, next_rung
from plugins.console.ask import Ask
from plugins.console.cards import clocks, names
from plugins.console.fold import agent_of
from plugins.console.owners import owner_shape
from plugins.console.shapes import CaseNote, ComplaintShape, Named, Owner


async def case_shape(ask: Ask, case: Complaint) -> ComplaintShape:
    """One complaint."""
    return (await case_shapes(ask, [case]))[0]


async def case_shapes(ask: Ask, cases: Sequence[Complaint]) -> list[ComplaintShape]:
    """Many, with one query for each table."""
    contacts = await Contact.filter(id__in={case.contact_id for case in cases})
    people = {row.id: row.name for row in contacts}
    rows = await Conversation.filter(id__in={case.conversation_id for case in cases})
    owners, staff = {row.id: row.owner for row in rows}, await names()
    visitor = ask.say("handoff.visitor")
    return [
        _shape(
            ask,
            case,
            people.get(case.contact_id, "") or visitor,
            owner_shape(owners.get(case.conversation_id, "bot"), ask.who.login, staff),
            staff,
        )
        for case in cases
    ]


def case_notes(
    ask: Ask, notes: Iterable[Mapping[str, Any]], staff: Mapping[str, str], *deeds: str
) -> list[CaseNote]:
    """A history in words: names for logins; ``deeds``: where codes of steps have their words."""

    def worded(code: str, *prefixes: str) -> str:
        keys = (f"{prefix}{code}" for prefix in prefixes)
        return next((ask.say(key) for key in keys if ask.desk.texts.has(key)), code)

    def named(by: str) -> str:
        return staff.get(agent_of(by), agent_of(by)) or worded(by, "console.page.by.")

    return [
        CaseNote(
            at=datetime.fromisoformat(str(each["at"])),
            by=named(str(each["by"])),
            text=worded(str(each["text"]), *deeds),
        )
        for each in notes
    ]


def _shape(
    ask: Ask, case: Complaint, name: str, owner: Owner, staff: Mapping[str, str]
) -> ComplaintShape:
    settings, now = ask.desk.complaints, ask.desk.clock.now()
    rung, levels = next_rung(case), settings.levels
    return ComplaintShape(
        number=case.number,
        conversation=case.conversation_id,
        contact=Named(id=case.contact_id, name=name),
        kind=case.kind,
        kind_text=ask.say(f"complaints.kind_{case.kind}"),
        severity=case.severity,
        state=case.state.value,
        level=case.level,
        level_name=levels[min(case.level, len(levels) - 1)].name if levels else "",
        opened_at=case.opened_at,
        clocks=clocks(case, settings.warn_share, now),
        next=rung.value if rung else None,
        owner=owner,
        cause=case.cause,
        blame=case.blame,
        solution=case.solution,
        follow_up_on=case.follow_up_on.isoformat() if case.follow_up_on else None,
        notes=case_notes(ask, case.notes, staff, "console.page.rung."),
    )
