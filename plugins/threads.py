"""Where people can be written to, and who of several contacts is one person."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from tortoise.functions import Max

from core.contacts.person import among
from core.message import ConversationKind
from core.store.models import Contact, Conversation, Message


async def leads_of(contacts: Collection[int]) -> dict[int, int]:
    """For each contact the one that stands for the person; who was erased is not in the answer."""
    found: dict[int, int] = {}
    for condition in among("id", list(contacts)):
        there = Contact.filter(condition, erased_at=None)
        for row in await there.only("id", "merged_into"):
            found[row.id] = row.merged_into or row.id
    return found


async def threads_of(contacts: Collection[int]) -> dict[int, Conversation]:
    """The direct conversation that each used last, with its contact fetched.

    Who is known from a group or a live room only has none, and is not in the answer.
    """
    leads = await leads_of(contacts)
    others = [
        row
        for condition in among("merged_into", list(set(leads.values())))
        for row in await Contact.filter(condition).only("id", "merged_into")
    ]
    person = {lead: lead for lead in leads.values()}
    person |= {row.id: row.merged_into or row.id for row in others}
    many: dict[int, list[Conversation]] = {}
    for condition in among("contact_id", list(person)):
        direct = Conversation.filter(condition, kind=ConversationKind.DIRECT)
        for row in await direct.prefetch_related("contact"):
            many.setdefault(person[row.contact_id or 0], []).append(row)
    last = await _last([row.id for rows in many.values() if len(rows) > 1 for row in rows])
    used = {
        lead: max(rows, key=lambda row: (last.get(row.id, 0), row.id))
        for lead, rows in many.items()
    }
    return {contact: used[lead] for contact, lead in leads.items() if lead in used}


async def _last(conversations: Collection[int]) -> dict[int, int]:
    """The newest inbound message of each conversation."""
    if not conversations:
        return {}
    said = Message.filter(direction="in", conversation_id__in=list(conversations))
    newest = said.annotate(last=Max("id")).group_by("conversation_id")
    rows = await newest.values_list("conversation_id", "last")
    return dict(cast("list[tuple[int, int]]", rows))
