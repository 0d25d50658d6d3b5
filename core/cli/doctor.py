"""``xiaoer doctor``: whether the shop could open, and what each channel can do."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from core.adapter import Capabilities, Finding
from core.app import App
from core.channels import Line
from core.cli.office import run
from core.cli.problems import in_words
from core.cli.show import Json, console, json_line
from core.cli.tongue import locale, say, texts
from core.logs import set_up
from core.settings import Settings, SettingsError, build, read
from core.store.database import owner_of
from core.texts import Texts


def command(*, as_json: Json = False) -> None:
    """Examine everything; exit code 1 when something is wrong."""
    sound = run(_examine(as_json=as_json))
    if not as_json:
        verdict = "well" if sound else "ill"
        console().print(say(f"cli.doctor.{verdict}"), style="bold")
    if not sound:
        raise typer.Exit(1)


async def _examine(*, as_json: bool) -> bool:
    sound = True
    async for topic, finding, text in _findings():
        sound = sound and finding.ok
        if as_json:
            facts = {"topic": topic, "ok": finding.ok, "text": text, "values": finding.values}
            json_line({**facts, "key": finding.key})
        else:
            mark = "[green]✓[/]" if finding.ok else "[red]✗[/]"
            console().print(mark, f"{topic}:", end=" ")
            console().print(text, markup=False)
    return sound


async def _findings() -> AsyncIterator[tuple[str, Finding, str]]:
    """Everything that was looked at: the topic, what was found, and the words for it."""
    try:
        table, source = read()
        settings = build(table, source)
        set_up(settings.log.model_copy(update={"level": "error"}))
        app = App(settings)
    except SettingsError as error:
        yield _own("settings", ok=False, key="cli.doctor.bad", error=error)
        return
    yield _own("settings", ok=True, key="cli.doctor.settings", source=source)
    yield await _database(app)
    yield _port(settings, running=app.database.file is not None and owner_of(app.database.file))
    names = ", ".join(plugin.name for plugin in app.registry.plugins)
    yield _own("plugins", ok=bool(names), key="cli.doctor.plugins", names=names)
    for line in app.lines:
        async for finding in _channel(line, app.texts):
            yield finding


async def _database(app: App) -> tuple[str, Finding, str]:
    """Whether it opens; a file that is not there yet is no fault and is not made."""
    file = app.database.file
    if file is not None and not file.exists():
        return _own("database", ok=True, key="cli.doctor.database_new", file=file)
    running = file is not None and owner_of(file)
    try:
        await app.database.open(exclusive=False)
        await app.database.ping()
    except Exception as error:
        words = in_words(error)
        if not words:
            raise
        return _own("database", ok=False, key="cli.doctor.bad", error=words)
    finally:
        await app.database.close()
    key = "cli.doctor.database_running" if running else "cli.doctor.database"
    return _own("database", ok=True, key=key, file=file or Path(app.settings.database.url).name)


def _port(settings: Settings, *, running: bool) -> tuple[str, Finding, str]:
    host, port = settings.server.host, settings.server.port
    if running:
        return _own("server", ok=True, key="cli.doctor.port_running", host=host, port=port)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            taken = {"host": host, "port": port, "error": error.strerror}
            return _own("server", ok=False, key="cli.doctor.port_taken", **taken)
    return _own("server", ok=True, key="cli.doctor.port_free", host=host, port=port)


async def _channel(line: Line, words: Texts) -> AsyncIterator[tuple[str, Finding, str]]:
    can = line.capabilities
    able = Finding(ok=True, key="cli.doctor.channel", values=_plain(line.kind, can))
    yield line.name, able, _abilities(line.kind, can)
    try:
        found = await line.adapter.check()
    except Exception as error:  # noqa: BLE001 - an adapter's own fault must not hide the others
        yield _own(line.name, ok=False, key="cli.doctor.bad", error=repr(error))
        return
    for finding in found:
        yield line.name, finding, words.render(finding.key, locale(), **finding.values)


def _plain(kind: str, can: Capabilities) -> dict[str, Any]:
    return {"adapter": kind, "outlet": can.outlet, **asdict(can)}


def _abilities(kind: str, can: Capabilities) -> str:
    windows = [
        f"{trigger} {'∞' if window.messages is None else window.messages}/{window.lasts}"
        for trigger, window in can.windows.items()
    ]
    rate = f"{can.rate[0]}/{can.rate[1]:g} s" if can.rate else say("cli.doctor.unlimited")
    return say(
        "cli.doctor.channel",
        adapter=kind,
        outlet=say(f"cli.outlet.{can.outlet}"),
        parts=", ".join(sorted(can.parts)),
        max_text=can.max_text,
        windows=", ".join(windows) or say("cli.doctor.unlimited"),
        rate=rate,
        as_of=can.as_of,
    )


def _own(topic: str, *, ok: bool, key: str, **values: object) -> tuple[str, Finding, str]:
    """A finding of our own; ``topic`` is a channel's name or a key of ours."""
    shown = {name: str(value) for name, value in values.items()}
    title = f"cli.topic.{topic}"
    return say(title) if texts().has(title) else topic, Finding(ok, key, shown), say(key, **shown)
