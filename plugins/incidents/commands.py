"""``xiaoer incident``: what is going on with many customers at once, and what to do about it."""

from __future__ import annotations

import getpass
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from core.cli.office import Desk, office, run
from core.cli.problems import Refusal
from core.cli.show import Json, console, json_line, listing, tell
from core.cli.tongue import say
from core.store.models import Contact
from plugins.compensation.face import Wish, typist
from plugins.giving import Priority, Reason, Yuan, amount
from plugins.incidents import affected, deeds
from plugins.incidents.cases import Opening
from plugins.incidents.models import Affected, Incident, Kind, State

T = TypeVar("T")
app = typer.Typer(name="incident", help=say("incidents.cli_help"), invoke_without_command=True)
COLUMNS = ("number", "state", "kind", "title", "people", "noticed")
PEOPLE = ("contact", "name", "standing", "route", "yuan", "said")
Number = Annotated[str, typer.Argument(help=say("incidents.cli_number"))]
Text = Annotated[str, typer.Option("--text", "-t", help=say("incidents.cli_text"))]
By = Annotated[str, typer.Option("--by", help=say("incidents.cli_by"))]
Word = Annotated[list[str] | None, typer.Option("--word", "-w", help=say("incidents.cli_word"))]


@app.callback()
def default(context: typer.Context, *, as_json: Json = False) -> None:
    """Without a command: what is going on."""
    if context.invoked_subcommand is None:
        _list(everything=False, as_json=as_json)


@app.command("list", help=say("incidents.cli_list_help"))
def list_(
    *,
    everything: Annotated[bool, typer.Option("--all", help=say("incidents.cli_all"))] = False,
    as_json: Json = False,
) -> None:
    """Drafts and what is open, the newest first."""
    _list(everything=everything, as_json=as_json)


@app.command("show", help=say("incidents.cli_show_help"))
def show(number: Number, *, as_json: Json = False) -> None:
    """One incident: how many stand where, and each person."""

    async def work(_desk: Desk) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        incident = await deeds.find(number)
        return await facts(incident), await people(incident)

    full, rows = _beside(work)
    if as_json:
        json_line({**full, "affected": rows})
        return
    head = ("number", "state", "kind", "title", "answer", "ticket", "ticket_state")
    for name in head:
        if full[name]:
            console().print(f"{say(f'incidents.cli_{name}')}: {_word(name, full)}", markup=False)
    shown = [
        {**row, "standing": say(f"incidents.standing_{row['standing']}"), "said": row["said"][:40]}
        for row in rows
    ]
    columns = {name: f"incidents.cli_{name}" for name in PEOPLE}
    listing(shown, columns, as_json=False, empty="incidents.cli_nobody")


@app.command("open", help=say("incidents.cli_open_help"))
def open_(
    title: Annotated[str, typer.Argument(help=say("incidents.cli_title"))] = "",
    *,
    kind: Annotated[Kind, typer.Option("--kind", help=say("incidents.cli_kind_opt"))] = Kind.FAULT,
    word: Word = None,
    draft: Annotated[str, typer.Option("--draft", help=say("incidents.cli_draft"))] = "",
    text: Text = "",
    by: By = "",
) -> None:
    """Open a draft, or something that a person has noticed."""
    if not title and not draft:
        raise Refusal("incidents.cli_needs_title")
    opening = Opening(kind, title, word or [], text)
    incident = _beside(lambda desk: deeds.open_(desk, draft, opening, _who(by)))
    tell("incidents.cli_opened", number=incident.number)


@app.command("dismiss", help=say("incidents.cli_dismiss_help"))
def dismiss(number: Number, by: By = "") -> None:
    """The draft is none."""
    _beside(lambda desk: deeds.dismiss(desk, number, _who(by)))
    tell("incidents.cli_now_dismissed", number=number)


@app.command("add", help=say("incidents.cli_add_help"))
def add(
    number: Number,
    contact: Annotated[
        list[int] | None, typer.Option("--contact", help=say("incidents.cli_contact_opt"))
    ] = None,
    orders: Annotated[
        Path | None, typer.Option("--orders", help=say("incidents.cli_orders"))
    ] = None,
) -> None:
    """Add people, by their number or by a file of their orders (S-201)."""
    numbers = deeds.numbers_in(orders) if orders else []
    strangers = _beside(lambda desk: deeds.add(desk, number, contact or [], numbers))
    tell("incidents.cli_added", number=number)
    if strangers:
        tell("incidents.strangers", orders=", ".join(strangers))


@app.command("plan", help=say("incidents.cli_plan_help"))
def plan(number: Number, text: Text = "", by: By = "") -> None:
    """What customers hear from now on."""
    _beside(lambda desk: deeds.plan(desk, number, text, _who(by)))
    tell("incidents.cli_planned", number=number)


@app.command("ticket", help=say("incidents.cli_ticket_help"))
def ticket(
    number: Number,
    link: Annotated[str, typer.Argument(help=say("incidents.cli_link"))],
    state: Annotated[str, typer.Option("--state", help=say("incidents.cli_state_opt"))] = "",
    by: By = "",
) -> None:
    """The engineers' ticket and how it stands (S-200)."""
    changes = {"ticket": link[:200], "ticket_state": state[:60]}
    _beside(lambda desk: deeds.change(desk, number, _who(by), **changes))
    tell("incidents.cli_changed", number=number)


@app.command("words", help=say("incidents.cli_words_help"))
def words(number: Number, word: Word = None, by: By = "") -> None:
    """Which words ask about it."""
    _beside(lambda desk: deeds.change(desk, number, _who(by), words=word or []))
    tell("incidents.cli_changed", number=number)


@app.command("notify", help=say("incidents.cli_notify_help"))
def notify(
    number: Number,
    text: Text = "",
    room: Annotated[
        list[int] | None, typer.Option("--room", help=say("incidents.cli_room"))
    ] = None,
    by: By = "",
) -> None:
    """Tell everybody who has not heard of it."""
    _beside(lambda desk: deeds.notify(desk, number, text, room or [], _who(by)))
    tell("incidents.cli_notifying", number=number)


@app.command("compensate", help=say("incidents.cli_compensate_help"))
def compensate(
    number: Number,
    yuan: Yuan = "0",
    reason: Reason = "",
    *,
    priority: Priority = False,
    by: By = "",
) -> None:
    """The same for everybody who has got nothing for it yet."""
    wish = Wish("", (), amount(yuan), reason, priority)
    proposal = _beside(lambda desk: deeds.compensate(desk, number, wish, typist(by)))
    tell(f"compensation.cli_now_{proposal.state}", number=proposal.number)


@app.command("resolve", help=say("incidents.cli_resolve_help"))
def resolve(number: Number, text: Text = "", by: By = "") -> None:
    """It is over: everybody hears so, once."""
    _beside(lambda desk: deeds.resolve(desk, number, text, _who(by)))
    tell("incidents.cli_resolved", number=number)


async def facts(incident: Incident) -> dict[str, Any]:
    """An incident as plain data."""
    names = (*("number", "title", "topic", "words", "answer", "resolution", "ticket", "rooms"),)
    moments = ("noticed_at", "opened_at", "soothed_at", "plan_at", "ended_at")
    return {
        **{name: getattr(incident, name) for name in (*names, "ticket_state", "level", *moments)},
        "state": str(incident.state),
        "kind": str(incident.kind),
        "people": await affected.counts(incident),
        "notes": incident.notes,
    }


async def people(incident: Incident) -> list[dict[str, Any]]:
    """Everybody of an incident and where they stand."""
    rows = await Affected.filter(incident_id=incident.id).order_by("id")
    contacts = await Contact.filter(id__in=[row.contact_id for row in rows])
    names = {contact.id: contact.name for contact in contacts}
    return [
        {
            "contact": point.row.contact_id,
            "name": names.get(point.row.contact_id, ""),
            "standing": str(point.standing),
            "route": point.row.route,
            "yuan": f"{point.fen / 100:.2f}" if point.fen is not None else "",
            "source": point.row.source,
            "said": point.row.said,
        }
        for point in await affected.standpoints(incident, rows)
    ]


def _list(*, everything: bool, as_json: bool) -> None:
    async def work(desk: Desk) -> list[dict[str, Any]]:
        ended = (State.RESOLVED, State.DISMISSED)
        wanted = Incident.all() if everything else Incident.exclude(state__in=ended)
        rows = [await facts(row) for row in await wanted.order_by("-id")]
        return rows if as_json else [_shown(row, desk) for row in rows]

    columns = {name: f"incidents.cli_{name}" for name in COLUMNS}
    listing(_beside(work), columns, as_json=as_json, empty="incidents.cli_none")


def _shown(row: dict[str, Any], desk: Desk) -> dict[str, Any]:
    noticed = f"{row['noticed_at'].astimezone(desk.texts.zone):%m-%d %H:%M}"
    words = {name: _word(name, row) for name in ("state", "kind")}
    return {**row, **words, "people": sum(row["people"].values()), "noticed": noticed}


def _word(name: str, row: dict[str, Any]) -> str:
    value = str(row[name])
    return say(f"incidents.{name}_{value}") if name in {"state", "kind"} else value


def _who(by: str) -> str:
    return by or getpass.getuser()


def _beside(work: Callable[[Desk], Awaitable[T]]) -> T:
    async def act() -> T:
        async with office() as desk:
            return await work(desk)

    return run(act())
