"""Shared by plugins' commands: the shop's database opened for a moment, and rows printed.

Works beside a running shop too: it takes the shop's lock only when nobody holds it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import typer
from rich.console import Console
from rich.table import Table
from tortoise.transactions import in_transaction

from core.clock import Clock, SystemClock
from core.registry import Registry, find_plugins
from core.settings import SettingsError, load
from core.store.database import Database, DatabaseError, owner_of
from core.texts import Texts, bundled
from plugins.imports import BrokenFile

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with: sentences in the shop's language, and the time."""

    texts: Texts
    clock: Clock

    def say(self, key: str, /, **values: object) -> str:
        """One sentence."""
        return self.texts.render(key, self.texts.default, **values)


def with_shop(work: Callable[[Desk], Awaitable[T]]) -> T:
    """Run ``work`` in one transaction of the shop's database.

    Ends the command with a clear message when settings, database or file cannot be used.
    """
    try:
        return asyncio.run(_work(work))
    except (SettingsError, DatabaseError, BrokenFile, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


async def _work(work: Callable[[Desk], Awaitable[T]]) -> T:
    settings = load()
    texts = Texts([bundled()], settings.shop.zone, settings.shop.locale)
    registry = Registry(find_plugins(settings.plugins), settings.plugins, texts)
    database = Database(settings.database, registry.models)
    running = database.file is not None and owner_of(database.file)
    await database.open(exclusive=not running)
    try:
        async with in_transaction("default"):
            return await work(Desk(texts, SystemClock()))
    finally:
        await database.close()


def show_rows(
    rows: Iterable[Mapping[str, object]], columns: Mapping[str, str], *, as_json: bool
) -> None:
    """Print rows: as a table with these columns (key to heading), or one JSON object a line."""
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    table = Table(*columns.values())
    for row in rows:
        table.add_row(*(str(row.get(key, "")) for key in columns))
    Console().print(table)
