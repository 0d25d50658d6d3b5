"""``xiaoer top``: the shop live in a terminal, or once for a script."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.live import Live
from tortoise import connections

from core.cli.office import run
from core.cli.picture import Picture, draw, rows_of
from core.cli.problems import Refusal, in_words
from core.cli.scrape import own_url, scrape
from core.cli.show import Json, console, json_line
from core.cli.tongue import say
from core.clock import SystemClock
from core.logs import set_up
from core.settings import Settings, load
from core.store.database import Database
from core.store.drivers import drive
from core.store.flow import recent
from core.store.pulse import feel

MINUTE = timedelta(minutes=1)
Url = Annotated[list[str] | None, typer.Option("--url", help=say("cli.option.url"))]


def command(
    url: Url = None,
    every: Annotated[float, typer.Option(min=0.5, help=say("cli.top.every"))] = 2.0,
    *,
    once: Annotated[bool, typer.Option("--once", help=say("cli.top.once"))] = False,
    as_json: Json = False,
) -> None:
    """Show how the shop does until q or Ctrl-C; once where the output is no terminal."""
    alone = once or not sys.stdout.isatty()
    run(_show(url or [], every, once=alone, as_json=as_json))


async def _show(urls: Sequence[str], every: float, *, once: bool, as_json: bool) -> None:
    settings = load()
    set_up(settings.log.model_copy(update={"level": "error"}))
    async with _ledger(settings):
        own = own_url(settings.server)
        asked = urls or ([own] if own else [])
        if once or as_json:
            while True:
                picture = await take(settings, asked, SystemClock().now())
                json_line(picture.plain()) if as_json else console().print(draw(picture))
                if once:
                    return
                await asyncio.sleep(every)
        end = asyncio.Event()
        with _keys(end.set), Live(console=console(), screen=True, auto_refresh=False) as screen:
            while not end.is_set():
                picture = await _whatever_happens(settings, asked)
                screen.update(draw(picture), refresh=True)
                await asyncio.wait([waiting := asyncio.ensure_future(end.wait())], timeout=every)
                waiting.cancel()


async def take(settings: Settings, urls: Sequence[str], now: datetime) -> Picture:
    """One picture; raises what the database says."""
    connection = connections.get("default")
    pulse = await drive(feel(now), connection)
    flow = await drive(recent(now, MINUTE), connection)
    found = await scrape(urls)
    numbers = [one for one in found.values() if one is not None]
    errors = sum(sum(n.by("xiaoer_database_errors_total").values()) for n in numbers)
    return Picture(
        at=now,
        shop=settings.shop.name,
        rows=rows_of(list(settings.channels), pulse, flow, numbers, now),
        processes={url: one is not None for url, one in found.items()},
        deadlines_late=pulse.late.rows,
        deadlines_late_seconds=round(pulse.late.age(now), 1),
        database_errors=int(errors),
    )


async def _whatever_happens(settings: Settings, urls: Sequence[str]) -> Picture:
    """Also a picture of a database that is away: the view comes back with it."""
    now = SystemClock().now()
    try:
        return await take(settings, urls, now)
    except Exception as error:  # noqa: BLE001 - shown to the person who watches
        said = in_words(error) or f"{type(error).__name__}: {error}"
        return Picture(now, settings.shop.name, error=said)


@asynccontextmanager
async def _ledger(settings: Settings) -> AsyncGenerator[None]:
    """The core's tables and no plugin: a view must cost nothing."""
    database = Database(settings.database, {})
    if database.file is not None and not database.file.exists():
        raise Refusal("cli.top.no_ledger", file=database.file)
    await database.open(exclusive=False)
    try:
        yield
    finally:
        await database.close()


@contextmanager
def _keys(stop: Callable[[], None]) -> Generator[None]:
    """Hear the key q while the block lasts, where the terminal can tell single keys."""
    try:
        import termios  # noqa: PLC0415 - not on Windows: there Ctrl-C ends it
        import tty  # noqa: PLC0415
    except ImportError:
        yield
        return
    if not sys.stdin.isatty():
        yield
        return
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    loop = asyncio.get_running_loop()

    def pressed() -> None:
        if sys.stdin.read(1) in {"q", "Q"}:
            stop()

    tty.setcbreak(keyboard)
    loop.add_reader(keyboard, pressed)
    try:
        yield
    finally:
        loop.remove_reader(keyboard)
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
