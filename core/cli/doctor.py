"""``xiaoer doctor``: whether the shop could open, and what each channel can do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from core.adapter import Capabilities, Finding
from core.app import App
from core.channels import Line
from core.cli.examine import Found, database, found, port, public, queue, refused
from core.cli.office import run
from core.cli.problems import faults_of
from core.cli.scrape import own_url, scrape
from core.cli.show import Json, console, json_line
from core.cli.tongue import locale, say
from core.logs import set_up
from core.settings import SettingsError, build, read
from core.store.database import owner_of

Url = Annotated[list[str] | None, typer.Option("--url", help=say("cli.option.url"))]


def command(url: Url = None, *, as_json: Json = False) -> None:
    """Examine everything; exit code 1 when something is wrong."""
    sound = run(_examine(url or [], as_json=as_json))
    if not as_json:
        verdict = "well" if sound else "ill"
        console().print(say(f"cli.doctor.{verdict}"), style="bold")
    if not sound:
        raise typer.Exit(1)


async def _examine(urls: Sequence[str], *, as_json: bool) -> bool:
    sound = True
    async for topic, finding, text in findings(urls):
        sound = sound and finding.ok
        if as_json:
            facts = {"topic": topic, "ok": finding.ok, "text": text, "values": finding.values}
            json_line({**facts, "key": finding.key})
        else:
            mark = "[green]✓[/]" if finding.ok else "[red]✗[/]"
            console().print(mark, f"{topic}:", end=" ")
            console().print(text, markup=False)
    return sound


async def findings(urls: Sequence[str] = ()) -> AsyncIterator[Found]:
    """Everything that was looked at; ``urls`` are those of running processes."""
    try:
        table, source = read()
        settings = build(table, source)
        set_up(settings.log.model_copy(update={"level": "error"}))
        app = App(settings)
    except SettingsError as error:
        where = f"{error.source}\n" if error.source else ""
        faults = "\n".join(faults_of(error))
        yield found("settings", "cli.doctor.settings_bad", ok=False, error=where + faults)
        return
    yield found("settings", "cli.doctor.settings", ok=True, source=source)
    yield await database(app)
    if app.gate is not None:
        yield await queue(app.gate)
    running = app.database.file is not None and owner_of(app.database.file)
    yield port(settings, running=running)
    for one in await public(app, running=running):
        yield one
    names = ", ".join(plugin.name for plugin in app.registry.plugins)
    yield found("plugins", "cli.doctor.plugins", ok=bool(names), names=names)
    own = own_url(settings.server) if running else ""
    async for name, finding in app.registry.examine(app.services):
        yield Found(name, finding, app.texts.render(finding.key, locale(), **finding.values))
    answers = (await scrape(urls or ([own] if own else []))).values()
    for line in app.lines:
        async for one in _channel(app, line):
            yield one
        for numbers in answers:
            for one in refused(app, line, numbers) if numbers is not None else ():
                yield one


async def _channel(app: App, line: Line) -> AsyncIterator[Found]:
    can = line.capabilities
    able = Finding(ok=True, key="cli.doctor.channel", values=_plain(line.kind, can))
    yield Found(line.name, able, _abilities(line.kind, can))
    try:
        seen = await line.adapter.check()
    except Exception as error:  # noqa: BLE001 - an adapter's own fault must not hide the others
        yield found(line.name, "cli.doctor.bad", ok=False, error=repr(error))
        return
    for finding in seen:
        text = app.texts.render(finding.key, locale(), **finding.values)
        yield Found(line.name, finding, text)


def _plain(kind: str, can: Capabilities) -> dict[str, Any]:
    return {"adapter": kind, "outlet": can.outlet, **asdict(can)}


def _abilities(kind: str, can: Capabilities) -> str:
    windows = [
        f"{trigger} {'∞' if window.messages is None else window.messages}/{window.lasts}"
        for trigger, window in can.windows.items()
        if window.messages != 0
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
