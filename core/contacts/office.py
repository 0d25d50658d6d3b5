"""What may be done with people: shown, exported, erased, merged, found to be alike."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from core.clock import Clock
from core.contacts import merge
from core.contacts.alike import vouched_alike
from core.contacts.archives import alone
from core.contacts.erase import ERASED, Erasure, Moved, look_up, tidy
from core.contacts.export import export, held
from core.contacts.holding import Holding, beginnings
from core.contacts.kept import kept
from core.contacts.obstacles import Bar, Barred, OnTheWay
from core.contacts.person import Person, find
from core.effects import Effects
from core.plugin import Plugin
from core.store.commit import Commit, Written, by_hand
from core.store.models import JournalEntry
from core.store.people import People
from core.store.sql import Work
from core.store.writer import Writer

LEAVING = "contact.leaving"
NOTICE = 1.2  # seconds in which every process has read the journal
TRIES = 5


class Contacts:
    """The core's service for people; ``crowded``: other processes may be serving the shop."""

    def __init__(
        self,
        *,
        writer: Writer,
        commit: Commit,
        clock: Clock,
        people: Iterable[People],
        plugins: Sequence[Plugin],
        folder: Path,
        crowded: Callable[[], bool],
        effects: Callable[[], Effects],
    ) -> None:
        """``folder`` is the archive's."""
        self._writer, self._commit, self._clock = writer, commit, clock
        self._people, self._plugins = tuple(people), plugins
        self._folder, self._crowded, self._effects = folder, crowded, effects

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """What plugins keep of people."""
        return tuple(one for plugin in self._plugins for one in plugin.holdings)

    async def person(self, contact: int) -> Person | None:
        """Who that is, with everything that was said to others because of them."""
        person = await find(contact)
        if person is None:
            return None
        return await find(contact, await beginnings((*kept(), *self.holdings), person))

    async def counts(self, person: Person) -> dict[str, int]:
        """How many rows are held of a person, by table; the archive is not counted."""
        tables = await held((*kept(), *self.holdings), person)
        return {name: len(rows) for name, rows in tables.items() if rows}

    async def export(self, person: Person) -> dict[str, Any]:
        """Everything that is held of a person, as plain JSON."""
        every = (*kept(), *self.holdings)
        return await export(every, person, self._folder, self._clock.now())

    async def bars(self, person: Person) -> list[Bar]:
        """Why the person must not be erased now."""
        found: list[Bar] = []
        for plugin in self._plugins:
            for hinder in plugin.hindrances:
                found += await hinder(person)
        return found

    async def erase(self, contact: int, by: str, *, force: bool = False) -> dict[str, int]:
        """Erase the person behind a contact; rows by table. Doing it again does no harm.

        Raises :class:`LookupError`, :class:`Barred` (unless ``force``), :class:`OnTheWay`.
        """
        person = await find(contact)
        if person is None:
            raise LookupError(contact)
        if not force and (bars := await self.bars(person)):
            raise Barred(bars)
        await self._leave(person)
        async with alone(self._folder):
            for _ in range(TRIES):
                erasure = await look_up(contact, self.holdings)
                if erasure is None:
                    raise LookupError(contact)
                try:
                    await erasure.archived(self._folder)
                    await self._write(erasure, by)
                except Moved:
                    continue
                await tidy()
                await asyncio.to_thread(_drop_rehearsals, self._folder.parent)
                return erasure.counts
        raise OnTheWay

    async def merge(self, contact: int, into: int, by: str) -> int:
        """See :func:`core.contacts.merge.merge`."""
        now = self._clock.now()
        return await self._told(lambda: merge.merge(contact, into, by, now))

    async def undo(self, number: int, by: str) -> tuple[int, int]:
        """See :func:`core.contacts.merge.undo`."""
        now = self._clock.now()
        return await self._told(lambda: merge.undo(number, by, now))

    async def alike(self, person: Person) -> dict[int, list[str]]:
        """Contacts that may be the same person, with the reasons: names of sentences."""
        found: defaultdict[int, set[str]] = defaultdict(set)
        sources: list[Callable[[Person], Awaitable[Mapping[int, str]]]] = [vouched_alike]
        sources += [one for plugin in self._plugins for one in plugin.likenesses]
        for source in sources:
            for contact, reason in (await source(person)).items():
                if contact not in person.contacts:
                    found[contact].add(reason)
        return {contact: sorted(reasons) for contact, reasons in sorted(found.items())}

    async def leaving(self, entry: JournalEntry) -> None:
        """Another process is about to erase somebody."""
        for people in self._people:
            people.distrust(entry.data["contacts"], entry.data["conversations"])

    async def _leave(self, person: Person) -> None:
        for people in self._people:
            people.distrust(person.contacts, person.conversations)
        if self._crowded():
            facts = {"contacts": person.contacts, "conversations": person.conversations}
            await self._commit.journal(LEAVING, facts)
            await asyncio.sleep(NOTICE)

    async def _write(self, erasure: Erasure, by: str) -> None:
        effects, person = self._effects(), erasure.person
        effects.write(partial(erasure.write, self._clock.now()))
        effects.emit(ERASED, contact=person.lead, contacts=list(person.contacts), by=by)
        for plugin in self._plugins:
            for tell in plugin.farewells:
                tell(effects, person, by)
        await self._commit.write(effects, by_hand())

    async def _told(self, work: Callable[[], Work[Any]]) -> Any:  # noqa: ANN401 - as the work
        def after(_done: object) -> None:
            for listener in self._commit.listeners:
                listener(Written(events=True))

        return await self._writer.run(work, after)


def _drop_rehearsals(data: Path) -> None:
    """The copy of the tables that ``xiaoer chat`` made last; it makes another."""
    for copy in data.glob("chat.db*"):
        copy.unlink(missing_ok=True)
