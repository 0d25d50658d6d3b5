"""``xiaoer channels``: the channels and how they are; ``reload`` takes in what the settings say."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from core.app import App
from core.changeover import ASKED, DONE
from core.cli.addresses import place
from core.cli.office import office, run
from core.cli.scrape import own_url, scrape
from core.cli.show import Json, complain, headings, json_line, listing, tell
from core.cli.tongue import say
from core.settings import load
from core.store.models import JournalEntry

app = typer.Typer(invoke_without_command=True)
COLUMNS = headings("channel", "adapter", "outlet", "state", "place")
Url = Annotated[list[str] | None, typer.Option("--url", help=say("cli.option.url"))]
LOOK, PATIENCE = 0.1, 15.0  # seconds
MORE = 1.0  # seconds in which further processes of the shop may answer


@app.callback()
def list_(context: typer.Context, url: Url = None, *, as_json: Json = False) -> None:
    """Every channel of the settings, and of the running shop."""
    if context.invoked_subcommand is None:
        listing(run(_rows(url or [])), COLUMNS, as_json=as_json, empty="cli.channels.none")


@app.command("reload", help=say("cli.channels.reload.help"))
def reload(*, as_json: Json = False) -> None:
    """Let the running shop take in the channels of the settings."""
    answers = run(_reload())
    for answer in answers:
        json_line(answer) if as_json else _tell(answer)
    if not answers:
        tell("cli.channels.nobody")
    if any(answer["refused"] or answer["failed"] for answer in answers):
        raise typer.Exit(1)


async def _rows(urls: Sequence[str]) -> list[dict[str, Any]]:
    shop = App(load())
    wanted = urls or [url for url in [own_url(shop.settings.server)] if url]
    found = [numbers for numbers in (await scrape(wanted)).values() if numbers is not None]
    up = [numbers.channels("xiaoer_channel_up") for numbers in found]
    rows = [
        {
            "channel": line.name,
            "adapter": line.kind,
            "outlet": say(f"cli.outlet.{line.capabilities.outlet}"),
            "state": _state(line.name, up),
            "place": place(shop, line),
        }
        for line in shop.lines
    ]
    gone = {name for one in up for name in one} - {line.name for line in shop.lines}
    empty = {"adapter": "", "outlet": "", "place": ""}
    return rows + [
        {"channel": name, "state": say("cli.channels.removed"), **empty} for name in sorted(gone)
    ]


def _state(name: str, up: Sequence[dict[str, float]]) -> str:
    if not up:
        return say("cli.channels.closed")
    known = [one[name] for one in up if name in one]
    return say(f"cli.channels.{'new' if not known else 'open' if any(known) else 'down'}")


async def _reload() -> list[dict[str, Any]]:
    asked = secrets.token_hex(8)
    async with office() as desk:  # settings that cannot be used are refused right here
        if not desk.app.database.shared:  # nobody else is on it
            return []
        effects = desk.effects()
        effects.emit(ASKED, asked=asked)
        await desk.commit(effects)
        return await _answers(asked, alone=desk.app.database.file is not None)


async def _answers(asked: str, *, alone: bool) -> list[dict[str, Any]]:
    """What the processes wrote back: on SQLite there is one, else all who answer soon."""
    clock = asyncio.get_running_loop().time
    end = clock() + PATIENCE
    found: list[dict[str, Any]] = []
    while clock() < end:
        entries = await JournalEntry.filter(kind=DONE).order_by("-id").limit(100)
        answers = [entry.data for entry in reversed(entries) if entry.data.get("asked") == asked]
        if answers and alone:
            return answers
        if len(answers) > len(found):
            found, end = answers, clock() + MORE
        await asyncio.sleep(LOOK)
    return found


def _tell(answer: dict[str, Any]) -> None:
    if answer["refused"]:
        complain(say("cli.channels.refused", error=answer["refused"]))
        return
    told = False
    for what in ("added", "removed", "changed"):
        if names := answer[what]:
            tell(f"cli.channels.was_{what}", names=", ".join(names))
            told = True
    for name, error in answer["failed"].items():
        complain(say("cli.channels.failed", name=name, error=error))
    if not told:
        tell("cli.channels.same")
