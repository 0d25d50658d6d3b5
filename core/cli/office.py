"""The office: a command looks into a running shop or leaves it a note, beside ``xiaoer run``.

>>> async def work(number: str) -> None:
...     async with office() as desk:
...         effects = desk.effects()
...         effects.send(12, "orders.sent", number=number)
...         await desk.commit(effects)
>>> run(work("A1"))

The running shop notices within half a second (every commit leaves an entry in the journal).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from core.app import App
from core.cli.tongue import locale
from core.clock import Clock
from core.effects import Effects
from core.logs import set_up
from core.settings import Settings, load
from core.store.commit import Written, by_hand
from core.texts import Texts

T = TypeVar("T")
Table = TypeVar("Table", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with. ``locale`` is that of the terminal, not of the customers."""

    app: App
    locale: str

    @property
    def texts(self) -> Texts:
        """The shop's sentences, times in the shop's zone."""
        return self.app.texts

    @property
    def clock(self) -> Clock:
        """Where the time comes from."""
        return self.app.clock

    def settings(self, model: type[Table]) -> Table:
        """A plugin's settings by their type."""
        return self.service(model)

    def service(self, kind: type[T]) -> T:
        """What a plugin provides, by its type; :class:`LookupError` where nobody does."""
        found = self.app.registry.services.get(kind)
        if found is None:
            raise LookupError(f"no enabled plugin provides {kind.__name__}")
        return found

    def effects(self) -> Effects:
        """An empty collection of what shall happen; its sentences are in the shop's locale."""
        return Effects(self.clock, self.texts, self.texts.default)

    async def commit(self, effects: Effects) -> Written:
        """Make it happen, all in one transaction; the running shop delivers and goes on."""
        if not effects.events:
            effects.emit("office.acted")
        return await self.app.commit.write(effects, by_hand())


@asynccontextmanager
async def office(settings: Settings | None = None) -> AsyncGenerator[Desk]:
    """The shop's database and services, without running the shop.

    Works while another process runs it. A database that is not there yet is made. Raises
    :class:`~core.settings.SettingsError` and :class:`~core.store.database.DatabaseError`.
    """
    chosen = settings or load()
    set_up(chosen.log.model_copy(update={"level": "error"}))
    app = App(chosen)
    file = app.database.file
    await app.open(exclusive=file is not None and not file.exists())
    try:
        yield Desk(app, locale())
    finally:
        await app.close()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine to its end."""
    return asyncio.run(work)
