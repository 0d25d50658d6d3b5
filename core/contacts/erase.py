"""Erasing one person from everything the shop keeps (S-486): rows stay, the person goes.

First the archive's files, then the tables of the core and of all plugins in one transaction with
the line that tells of it. Killed anywhere before that commit, the person is still known and the
same command does the whole again; no sweep of the archive runs in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tortoise import connections
from tortoise.expressions import Q

from core.contacts.archives import Traces
from core.contacts.archives import erase as erase_archived
from core.contacts.holding import Holding, beginnings
from core.contacts.kept import kept
from core.contacts.obstacles import OnTheWay
from core.contacts.person import Person, among, find
from core.store.models import Contact, Message

ERASED = "contact.erased"


class Moved(Exception):  # noqa: N818 - a fact
    """The person said something while the rows were being looked up."""


@dataclass(slots=True)
class Erasure:
    """One person's erasing: looked up, then written. ``counts`` of rows by table, at the end."""

    person: Person
    newest: int
    traces: Traces
    holdings: tuple[Holding, ...]
    conditions: list[Sequence[Q]]
    counts: dict[str, int] = field(default_factory=dict[str, int])

    async def archived(self, folder: Path) -> None:
        """Take them out of the files."""
        self.counts["archive"] = await asyncio.to_thread(erase_archived, folder, self.traces)

    async def write(self, now: datetime) -> None:
        """Take them out of the tables; raises :class:`OnTheWay` or :class:`Moved`."""
        await _shred()
        await self._refuse()
        archive, self.counts = self.counts.get("archive", 0), {}
        for part in among("id", self.person.heard):
            queued = Message.filter(part, state="queued")
            await queued.update(state="cancelled", done_at=now)
        for holding, conditions in zip(self.holdings, self.conditions, strict=True):
            gone = await holding.erase(conditions, now)
            self.counts[holding.name] = self.counts.get(holding.name, 0) + gone
        self.counts["archive"] = archive
        await Contact.filter(id__in=self.person.contacts, erased_at=None).update(erased_at=now)

    async def _refuse(self) -> None:
        person = self.person
        theirs = Q(contact_id__in=person.contacts) | Q(conversation_id__in=person.conversations)
        if await Message.filter(theirs, id__gt=self.newest).exists():
            raise Moved
        for part in among("id", person.messages):
            if await Message.filter(part, state__in=("accepted", "sending")).exists():
                raise OnTheWay


async def look_up(contact: int, plugins: Sequence[Holding]) -> Erasure | None:
    """Everything that erasing this person will touch."""
    newest = await Message.all().order_by("-id").first()
    person = await find(contact)
    if person is None:
        return None
    told = await beginnings((*kept(), *plugins), person)
    person = await find(contact, told) or person
    holdings = (*plugins, *kept(person))
    conditions = [await holding.conditions(person) for holding in holdings]
    traces = Traces(person, told)
    return Erasure(person, newest.id if newest else 0, traces, holdings, conditions)


async def tidy() -> None:
    """Let the file forget what the log of the last commits still holds (SQLite)."""
    connection = connections.get("default")
    if connection.capabilities.dialect == "sqlite":
        await connection.execute_query("PRAGMA wal_checkpoint(TRUNCATE)")


async def _shred() -> None:
    """On SQLite, overwrite what is deleted instead of only letting it go."""
    connection = connections.get("default")
    if connection.capabilities.dialect == "sqlite":
        await connection.execute_query("PRAGMA secure_delete=ON")
