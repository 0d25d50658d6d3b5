"""``xiaoer run``: opens the shop, says where, and closes it cleanly."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from core.app import App
from core.cli.addresses import welcome
from core.cli.show import complain, tell
from core.cli.tongue import say
from core.garbage import settle
from core.logs import set_up
from core.roles import Role
from core.settings import Settings, build, read

STOP_SECONDS = 4.5
FORCED = 130  # the exit code of a program ended by Ctrl-C


def command(
    settings: Annotated[Path | None, typer.Option(help=say("cli.run.settings"))] = None,
    host: Annotated[str | None, typer.Option(help=say("cli.run.host"))] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help=say("cli.run.port"))] = None,
    role: Annotated[list[Role] | None, typer.Option(help=say("cli.run.role"))] = None,
) -> None:
    """Run the shop until Ctrl-C."""
    table, source = read(settings)
    chosen = _changed(build(table, source), {"host": host, "port": port}, role)
    set_up(chosen.log)
    app = App(chosen)
    app.reread = lambda: build(*read(settings))
    asyncio.run(_serve(app, source))


def _changed(settings: Settings, server: dict[str, Any], roles: Sequence[Role] | None) -> Settings:
    given = {name: value for name, value in server.items() if value is not None}
    changes: dict[str, Any] = {"server": settings.server.model_copy(update=given)}
    if roles:
        changes["roles"] = tuple(roles)
    return settings.model_copy(update=changes)


async def _serve(app: App, source: str) -> None:
    end = _listen_for_the_end()
    opening = asyncio.create_task(app.start(), name="opening")
    ended = asyncio.create_task(end.wait(), name="end")
    await asyncio.wait((opening, ended), return_when=asyncio.FIRST_COMPLETED)
    try:
        if not opening.done():
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            return
        opening.result()
        settle()
        welcome(app, source)
        _reload_on_sighup(app)
        await end.wait()
        tell("cli.run.closing")
        await _close(app)
    finally:
        ended.cancel()


async def _close(app: App) -> None:
    """Close within the time a supervisor allows; what is cut off is settled at the next start."""
    try:
        await asyncio.wait_for(app.stop(), STOP_SECONDS)
    except TimeoutError:
        complain(say("cli.run.cut_short"))
        os._exit(0)  # a call that will not end holds the loop; the ledger knows what was under way
    tell("cli.run.closed")


def _reload_on_sighup(app: App) -> None:
    """What ``systemctl reload`` sends; at a terminal it means that the terminal is closed."""

    async def reload() -> None:
        changes = await app.changeover.apply()
        if changes.refused:
            complain(changes.refused)

    def heard() -> None:
        tasks.add(task := asyncio.create_task(reload(), name="reload"))
        task.add_done_callback(tasks.discard)

    tasks: set[asyncio.Task[None]] = set()
    if hasattr(signal, "SIGHUP") and not sys.stdin.isatty():
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, heard)


def _listen_for_the_end() -> asyncio.Event:
    """An event that the first Ctrl-C (or SIGTERM) sets; the second one ends the process at once."""
    end = asyncio.Event()
    loop = asyncio.get_running_loop()

    def heard(*_signal: object) -> None:
        if end.is_set():
            os._exit(FORCED)
        loop.call_soon_threadsafe(end.set)

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, heard)
    return end
