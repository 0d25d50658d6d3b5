"""The shop's ledger, read from outside while it runs and after it has closed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chaos.models import Effect
from chaos.plugin import EVENT
from core.settings import DatabaseSettings
from core.store.database import Database
from core.store.models import Deadline, JournalEntry, Message

OPEN = ("accepted", "queued", "sending")


@dataclass(frozen=True, slots=True)
class Row:
    """A message of the ledger; ``text`` of an outgoing one begins with the key it answers."""

    channel: str
    key: str
    state: str
    text: str
    error: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything the proof needs: rows in and out, effects and journal as (channel, key, kind)."""

    inbound: list[Row]
    outbound: list[Row]
    effects: list[tuple[str, str, str]]


@asynccontextmanager
async def opened(url: str) -> AsyncGenerator[None]:
    """The database beside the shop's own processes."""
    database = Database(DatabaseSettings(url=url), {"chaos": "chaos.models"})
    await database.open(exclusive=False)
    try:
        yield
    finally:
        await database.close()


async def unfinished() -> int:
    """How many rows still wait for something: handling, sending or their time."""
    rows = await Message.filter(state__in=OPEN).count()
    return rows + await Deadline.filter(state="waiting").count()


async def read() -> Ledger:
    """All of it."""
    fields = ("channel", "key", "state", "text", "error")
    inbound = await Message.filter(direction="in").order_by("id").values_list(*fields)
    outbound = await Message.filter(direction="out").order_by("id").values_list(*fields)
    effects = [
        (str(c), str(k), str(n))
        for c, k, n in await Effect.all().values_list("channel", "key", "kind")
    ]
    for channel, data in await JournalEntry.filter(kind=EVENT).values_list("channel", "data"):
        effects.append((str(channel), str(data["key"]), EVENT))
    return Ledger([_row(*row) for row in inbound], [_row(*row) for row in outbound], effects)


def _row(*values: object) -> Row:
    return Row(*map(str, values))
