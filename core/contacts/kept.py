"""What the core itself keeps of a person.

Rows stay where they are counted (accepted = handled + failed + waiting) and lose what they say;
who it was on which channel goes, so that the same person coming back is somebody new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from tortoise.expressions import Expression, Q, RawSQL, ResolveContext, ResolveResult

from core.contacts.holding import Holding
from core.contacts.person import Person, among
from core.contacts.words import bare, without
from core.store.models import (
    ChannelNote,
    Contact,
    ContactIdentity,
    ContactMerge,
    Conversation,
    Deadline,
    Grant,
    JournalEntry,
    Message,
)


class Nobody(Expression):
    """``erased:<id>``: unique where a platform's own name was."""

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        """In SQL, the same on both engines."""
        return ResolveResult(term=RawSQL("'erased:' || CAST(id AS VARCHAR(20))"))


GONE = "erased:"
SPOKE: Mapping[str, Any] = {"spoke": True}  # whoever counts words of customers counts this one
SILENT: Mapping[str, Any] = {
    "text": "",
    "parts": "[]",
    "context": {},
    "error": "",
    "decision": None,
    "recipient": "",
    "mention": [],
    "platform_id": "",
}


async def said(person: Person) -> Sequence[Q]:
    """What they wrote."""
    return [part & ~Q(text="") for part in among("id", person.said)]


async def done(person: Person) -> Sequence[Q]:
    """What they did without a word: a follow, a picture. What is erased already stays as it is."""
    return [part & Q(text="") & ~Q(key__startswith=GONE) for part in among("id", person.said)]


async def heard(person: Person) -> Sequence[Q]:
    """What was written to them or because of them."""
    return among("id", person.heard)


async def themselves(person: Person) -> Sequence[Q]:
    """Their own rows."""
    return among("id", person.contacts)


async def threads(person: Person) -> Sequence[Q]:
    """Their private conversations."""
    return among("id", person.conversations)


async def merges(person: Person) -> Sequence[Q]:
    """Who they were found to be, and who was found to be them."""
    return [*among("contact_id", person.contacts), *among("into_id", person.contacts)]


async def events(person: Person) -> Sequence[Q]:
    """The journal of their threads and messages."""
    return [
        *among("conversation_id", person.conversations),
        *among("message_id", person.messages),
    ]


async def notes(person: Person) -> Sequence[Q]:
    """What adapters noted under their name, plain or hashed."""
    return [
        Q(channel=channel)
        & (
            Q(name__endswith=f":{name[:90]}")
            | Q(name__contains=hashlib.sha256(name.encode()).hexdigest()[:32])
        )
        for channel, name in _places(person)
    ]


async def lists(person: Person) -> Sequence[Q]:
    """Notes of adapters that name them among others: whom a mass message is for."""
    return [Q(channel=channel, value__contains=name) for channel, name in _places(person)]


def kept(person: Person | None = None) -> tuple[Holding, ...]:
    """The core's tables. Erasing the journal needs to know the ``person``'s names."""
    own = naming(person) if person is not None else frozenset[str]()
    ids = {name for _, name in _places(person)} if person is not None else set[str]()
    silent = {**SILENT, "author": "", "key": Nobody()}
    return (
        Holding(Message, said, {**silent, "context": SPOKE}),
        Holding(Message, done, silent),
        Holding(Message, heard, SILENT),
        Holding(JournalEntry, events, partial(_told, own)),
        Holding(Deadline, "conversation_id", _called_off, told="d{id}:"),
        Holding(Grant, "conversation_id"),
        Holding(ChannelNote, notes),
        Holding(ChannelNote, lists, partial(_left_out, ids), others="value"),
        Holding(Conversation, threads, {"memory": {}, "form": None, "external_id": Nobody()}),
        Holding(ContactIdentity, "contact_id"),
        Holding(ContactMerge, merges, {}),
        Holding(Contact, themselves, {"name": "", "locale": "", "union_id": ""}),
    )


def naming(person: Person) -> frozenset[str]:
    """Every word that names the person."""
    facts = {value for values in person.proven.values() for value in values}
    names = {name for _, name in _places(person)}
    return frozenset({*person.names, *facts, *names} - {""})


def _places(person: Person) -> list[tuple[str, str]]:
    """Channels, and what the person is called there."""
    both = (*person.identities, *person.threads)
    return sorted({(one.channel, one.external_id) for one in both})


def _left_out(ids: set[str], row: ChannelNote, _now: datetime) -> Mapping[str, Any]:
    return {"value": without(row.value, ids)}


def _told(own: frozenset[str], row: JournalEntry, _now: datetime) -> Mapping[str, Any]:
    return {"data": bare(row.data, own)}


def _called_off(row: Deadline, now: datetime) -> Mapping[str, Any]:
    over = {"state": "cancelled", "done_at": now} if row.state == "waiting" else {}
    return {"data": {}, "error": "", **over}
