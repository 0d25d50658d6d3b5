"""``xiaoer complaints``: the open cases with their three clocks, and the steps staff take."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from core.cli.office import Desk, office, run
from core.cli.problems import Refusal
from core.cli.show import Json, cell, console, json_line, listing, tell
from core.cli.tongue import say
from core.effects import Post
from core.parts import Text
from core.store.models import Conversation
from plugins.complaints import cases
from plugins.complaints import follow_up as follow_ups
from plugins.complaints.evidence import pack
from plugins.complaints.ladder import Rung, done_at, due_at
from plugins.complaints.models import Complaint, Result, State
from plugins.complaints.settings import ComplaintSettings
from plugins.orders.face import OrderSource

app = typer.Typer(name="complaints", help=say("complaints.cli_help"), invoke_without_command=True)
COLUMNS = (
    "number",
    "kind",
    "severity",
    "state",
    "level",
    "soothe",
    "plan",
    "close",
    "conversation",
)
DETAILS = ("opened", *COLUMNS, "follow_up")
TASK = ("number", "due_on", "tries", "result", "text")
Number = Annotated[str, typer.Argument(help=say("complaints.cli_number"))]
Words = Annotated[str, typer.Option("--text", "-t", help=say("complaints.cli_text"))]
Agent = Annotated[str, typer.Option(help=say("complaints.cli_agent"))]


@app.callback()
def default(context: typer.Context, *, as_json: Json = False) -> None:
    """Without a command: the open complaints."""
    if context.invoked_subcommand is None:
        _list(all_of_them=False, as_json=as_json)


@app.command("list", help=say("complaints.cli_list_help"))
def list_(
    *,
    all_of_them: Annotated[bool, typer.Option("--all", help=say("complaints.cli_all"))] = False,
    as_json: Json = False,
) -> None:
    """Open complaints, the oldest first."""
    _list(all_of_them=all_of_them, as_json=as_json)


@app.command("show", help=say("complaints.cli_show_help"))
def show(number: Number, *, as_json: Json = False) -> None:
    """One complaint and its history."""

    async def work() -> tuple[dict[str, Any], dict[str, str]]:
        async with office() as desk:
            complaint = await find(number)
            return facts(complaint, desk), shown(complaint, desk)

    full, words = run(work())
    if as_json:
        json_line(full)
        return
    for name in DETAILS:
        console().print(f"{say(f'complaints.cli_{name}')}: {words[name]}", markup=False)
    console().print(words["notes"], markup=False)


@app.command("soothe", help=say("complaints.cli_soothe_help"))
def soothe(number: Number, text: Words = "", agent: Agent = "") -> None:
    """The customer was soothed by a person."""
    _step(number, Rung.SOOTHE, text, agent)


@app.command("plan", help=say("complaints.cli_plan_help"))
def plan(number: Number, text: Words = "", agent: Agent = "") -> None:
    """The customer was given a plan; its words are required (S-189)."""
    if not text.strip():
        raise Refusal("complaints.cli_plan_needs_text")
    _step(number, Rung.PLAN, text, agent)


@app.command("close", help=say("complaints.cli_close_help"))
def close(number: Number, text: Words = "", agent: Agent = "") -> None:
    """It is settled: apology, thanks and a follow-up date go to the customer (S-196)."""
    _step(number, Rung.CLOSE, text, agent)


@app.command("follow-ups", help=say("complaints.cli_follow_ups_help"))
def follow_ups_(*, as_json: Json = False) -> None:
    """Whom to ask again, the longest due first (S-178)."""

    async def work() -> list[dict[str, Any]]:
        async with office():
            tasks = await follow_ups.open_tasks()
            return [{name: getattr(task, name) for name in (*TASK, "contact_id")} for task in tasks]

    columns = {name: f"complaints.cli_{name}" for name in TASK} | {"text": "complaints.cli_said"}
    listing(run(work()), columns, as_json=as_json, empty="complaints.cli_no_follow_ups")


@app.command("followed", help=say("complaints.cli_followed_help"))
def followed(
    number: Number,
    result: Annotated[Result, typer.Option("--result", help=say("complaints.cli_result_opt"))],
    text: Annotated[str, typer.Option("--text", "-t", help=say("complaints.cli_said"))] = "",
    agent: Agent = "",
) -> None:
    """What the customer said when asked again."""

    async def work() -> None:
        async with office() as desk:
            await follow(desk, number, result, text, agent)

    run(work())
    tell(f"complaints.cli_followed_{result}", number=number)


@app.command("export", help=say("complaints.cli_export_help"))
def export(
    number: Number,
    to: Annotated[Path, typer.Option("--to", help=say("complaints.cli_to"))],
) -> None:
    """The evidence pack as a ZIP (S-184)."""

    async def work() -> bytes:
        async with office() as desk:
            source = desk.app.registry.services.get(OrderSource)
            return await pack(await find(number), source, desk.texts, desk.clock.now())

    body = run(work())
    to.write_bytes(body)
    to.chmod(0o600)  # it tells of a customer
    tell("complaints.cli_exported", file=to, digest=hashlib.sha256(body).hexdigest())


async def follow(desk: Desk, number: str, result: Result, text: str, agent: str) -> None:
    """Keep what the customer said; raises :class:`Refusal`."""
    effects = desk.effects()
    by = f"agent:{agent}" if agent else "staff"
    try:
        await follow_ups.record(effects, number, result, text, by)
        await desk.commit(effects)
    except follow_ups.Settled:
        raise Refusal("complaints.cli_no_follow_up", number=number) from None


async def find(number: str) -> Complaint:
    """A complaint by its number, or by its row's id; raises :class:`Refusal`."""
    complaint = await Complaint.get_or_none(number=number)
    if complaint is None and number.isdecimal():
        complaint = await Complaint.get_or_none(id=int(number))
    if complaint is None:
        raise Refusal("complaints.cli_unknown", number=number)
    return complaint


async def take_step(desk: Desk, number: str, rung: Rung, text: str, agent: str) -> Complaint:
    """Do a step: ``text`` goes to the customer as the agent's words; raises :class:`Refusal`."""
    complaint = await find(number)
    effects = desk.effects()
    by = f"agent:{agent}" if agent else "staff"
    settings = desk.settings(ComplaintSettings)
    if not cases.step(effects, complaint, rung, settings, by=by, text=text):
        raise Refusal("complaints.cli_already", number=complaint.number)
    if text.strip():
        effects.post(Post((Text(text),), to=complaint.conversation_id, author=by))
    if rung is Rung.CLOSE:
        conversation = await Conversation.get(id=complaint.conversation_id).prefetch_related(
            "contact"
        )
        locale = conversation.contact.locale if conversation.contact else ""
        words = cases.closing(desk.texts, locale, complaint)
        effects.post(
            Post((Text(words),), to=conversation.id, key=f"complaint:{complaint.number}:closing")
        )
    await desk.commit(effects)
    return complaint


def facts(complaint: Complaint, desk: Desk) -> dict[str, Any]:
    """A complaint as plain data, for ``--json``."""
    level = cases.level_of(complaint, desk.settings(ComplaintSettings))
    return {
        "number": complaint.number,
        "kind": complaint.kind,
        "severity": complaint.severity,
        "state": str(complaint.state),
        "level": complaint.level,
        "in_charge": level.name if level else "",
        "conversation": complaint.conversation_id,
        "contact": complaint.contact_id,
        "opened_at": complaint.opened_at,
        "soothe_due": complaint.soothe_due,
        "plan_due": complaint.plan_due,
        "close_due": complaint.close_due,
        "soothed_at": complaint.soothed_at,
        "plan_at": complaint.plan_at,
        "closed_at": complaint.closed_at,
        "follow_up_on": complaint.follow_up_on,
        "notes": complaint.notes,
    }


def shown(complaint: Complaint, desk: Desk) -> dict[str, str]:
    """A complaint as a person reads it."""
    level = cases.level_of(complaint, desk.settings(ComplaintSettings))
    now, zone = desk.clock.now(), desk.texts.zone
    return {
        "number": complaint.number,
        "kind": say(f"complaints.kind_{complaint.kind}"),
        "severity": str(complaint.severity),
        "state": say(f"complaints.state_{complaint.state}"),
        "level": level.name if level else str(complaint.level + 1),
        "conversation": str(complaint.conversation_id),
        "opened": moment(complaint.opened_at, zone),
        "follow_up": cell(complaint.follow_up_on),
        "notes": "\n".join(note_of(note, zone) for note in complaint.notes),
        **{str(rung): clock_of(complaint, rung, now, zone) for rung in Rung},
    }


def clock_of(complaint: Complaint, rung: Rung, now: datetime, zone: ZoneInfo) -> str:
    """One clock in words: kept, kept too late, running or over."""
    due, done = due_at(complaint, rung), done_at(complaint, rung)
    if done is not None:
        return say(
            "complaints.cli_met" if done <= due else "complaints.cli_late", at=moment(done, zone)
        )
    return say("complaints.cli_due" if now < due else "complaints.cli_over", at=moment(due, zone))


def note_of(note: dict[str, Any], zone: ZoneInfo) -> str:
    """One line of the history: when, who, and their words or the step that was done."""
    by, text = str(note["by"]), str(note["text"])
    who = say(f"complaints.by_{by}") if by in {"customer", "staff"} else by.removeprefix("agent:")
    if by != "customer" and text in set(Rung):
        text = say(f"complaints.rung_{text}")
    return f"  {moment(datetime.fromisoformat(str(note['at'])), zone)} {who}: {text}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A moment in shop time."""
    return f"{at.astimezone(zone):%m-%d %H:%M}"


def _list(*, all_of_them: bool, as_json: bool) -> None:
    async def work() -> list[dict[str, Any]]:
        async with office() as desk:
            wanted = Complaint.all() if all_of_them else Complaint.exclude(state=State.CLOSED)
            found = await wanted.order_by("opened_at", "id")
            return [facts(c, desk) if as_json else dict(shown(c, desk)) for c in found]

    columns = {name: f"complaints.cli_{name}" for name in COLUMNS}
    listing(run(work()), columns, as_json=as_json, empty="complaints.cli_none")


def _step(number: str, rung: Rung, text: str, agent: str) -> None:
    async def work() -> Complaint:
        async with office() as desk:
            return await take_step(desk, number, rung, text, agent)

    complaint = run(work())
    tell(
        "complaints.cli_done",
        number=complaint.number,
        state=say(f"complaints.state_{complaint.state}"),
    )
