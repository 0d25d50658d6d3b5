"""``xiaoer contact``: one person - found, shown, exported, erased, merged with another contact."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from tortoise.expressions import Q

from core.cli.office import Desk, office, run
from core.cli.problems import Refusal
from core.cli.show import Json, complain, headings, json_line, listing, tell
from core.cli.tongue import say
from core.contacts.export import download
from core.contacts.merge import MergeError
from core.contacts.obstacles import Barred, OnTheWay
from core.contacts.person import Person
from core.store.models import Contact, ContactMerge
from core.web.fetch import Fetcher

app = typer.Typer(no_args_is_help=True)
COLUMNS = headings("id", "name", "channels", "merged_into", "erased_at")
HELD = headings("table", "count")
Id = Annotated[int, typer.Argument(metavar="ID", help=say("cli.contact.id"))]
Out = Annotated[Path | None, typer.Option("--out", help=say("cli.contact.out"))]
Force = Annotated[bool, typer.Option("--force", help=say("cli.contact.force"))]
Yes = Annotated[bool, typer.Option("--yes", help=say("cli.contact.yes"))]


@app.command("find", help=say("cli.contact.find.help"))
def find(
    words: Annotated[str, typer.Argument(help=say("cli.contact.words"))], *, as_json: Json = False
) -> None:
    """Contacts by a piece of their name or of their id on a channel."""
    listing(run(_found(words)), COLUMNS, as_json=as_json, empty="cli.contact.nobody")


@app.command("show", help=say("cli.contact.show.help"))
def show(number: Id, *, as_json: Json = False) -> None:
    """Who it is, how much is held of them and where, and who may be the same person."""
    told = run(_story(number))
    if as_json:
        json_line(told)
        return
    listing(told["contacts"], COLUMNS, as_json=False, empty="cli.contact.nobody")
    held = [{"table": name, "count": count} for name, count in told["held"].items()]
    listing(held, HELD, as_json=False, empty="cli.contact.nothing")
    for merge in told["merges"]:
        tell("cli.contact.merge", **merge)
    for contact, reasons in told["alike"].items():
        tell("cli.contact.alike", contact=contact, why=", ".join(map(say, reasons)))


@app.command("export", help=say("cli.contact.export.help"))
def export(number: Id, out: Out = None) -> None:
    """Everything that is held of a person, as JSON; with a folder their files as well."""
    taken = run(_export(number, out))
    if out is None:
        json_line(taken)
        return
    file = out / f"contact-{number}.json"
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as written:
        written.write(orjson.dumps(taken, default=str, option=orjson.OPT_INDENT_2))
    fetched = sum(1 for one in taken["media"] if one["file"])
    tell("cli.contact.exported", file=file, fetched=fetched, listed=len(taken["media"]))


@app.command("erase", help=say("cli.contact.erase.help"))
def erase(number: Id, *, force: Force = False, yes: Yes = False, as_json: Json = False) -> None:
    """Take a person out of everything that is kept."""
    if not yes:
        typer.confirm(say("cli.contact.sure", contact=number), abort=True)
    counts = run(_erase(number, force=force))
    if as_json:
        json_line({"contact": number, "erased": counts})
    else:
        tell("cli.contact.erased", contact=number, rows=sum(counts.values()))


@app.command("merge", help=say("cli.contact.merge.help"))
def merge(number: Id, into: Annotated[int, typer.Argument(help=say("cli.contact.into"))]) -> None:
    """Say that two contacts are one person; ``into`` leads."""
    done = run(_merge(number, into))
    tell("cli.contact.merged", contact=number, into=into, merge=done)


@app.command("unmerge", help=say("cli.contact.unmerge.help"))
def unmerge(
    merge: Annotated[int, typer.Argument(metavar="MERGE", help=say("cli.contact.merge_id"))],
) -> None:
    """Take a merge back."""
    contact, into = run(_unmerge(merge))
    tell("cli.contact.unmerged", contact=contact, into=into)


async def found(words: str) -> list[dict[str, Any]]:
    """Contacts by a piece of a name or account, the newest first."""
    sought = Q(name__contains=words) | Q(identities__external_id__contains=words)
    rows = Contact.filter(sought).distinct().order_by("-id").limit(50)
    return [_row(one) for one in await rows.prefetch_related("identities")]


async def story(desk: Desk, number: int) -> dict[str, Any]:
    """Everything that ``show`` tells."""
    person = await _person(desk, number)
    rows = await Contact.filter(id__in=person.contacts).prefetch_related("identities")
    merges = ContactMerge.filter(into_id__in=person.contacts, undone_at=None).order_by("id")
    return {
        "contact": person.lead,
        "contacts": [_row(one) for one in rows],
        "held": await desk.app.contacts.counts(person),
        "merges": await merges.values("id", "contact_id", "into_id", "by", "at"),
        "alike": await desk.app.contacts.alike(person),
    }


async def forget(desk: Desk, number: int, *, force: bool) -> dict[str, int]:
    """Erase, or say why not."""
    try:
        return await desk.app.contacts.erase(number, _me(), force=force)
    except LookupError:
        raise Refusal("cli.contact.unknown", contact=number) from None
    except OnTheWay:
        raise Refusal("cli.contact.on_the_way") from None
    except Barred as barred:
        for bar in barred.bars:
            complain(say(bar.key, **bar.values))
        raise Refusal("cli.contact.barred") from None


async def unite(desk: Desk, number: int, into: int) -> int:
    """Merge, or say why not."""
    try:
        return await desk.app.contacts.merge(number, into, _me())
    except MergeError as error:
        raise Refusal(f"core.merge_{error.reason}") from None


async def part(desk: Desk, merge: int) -> tuple[int, int]:
    """Undo a merge, or say why not."""
    try:
        return await desk.app.contacts.undo(merge, _me())
    except MergeError as error:
        raise Refusal(f"core.merge_{error.reason}") from None


async def _found(words: str) -> list[dict[str, Any]]:
    async with office():
        return await found(words)


async def _story(number: int) -> dict[str, Any]:
    async with office() as desk:
        return await story(desk, number)


async def _export(number: int, out: Path | None) -> dict[str, Any]:
    async with office() as desk:
        taken = await desk.app.contacts.export(await _person(desk, number))
        if out is not None:
            await download(taken["media"], out / "media", Fetcher())
        return taken


async def _erase(number: int, *, force: bool) -> dict[str, int]:
    async with office() as desk:
        return await forget(desk, number, force=force)


async def _merge(number: int, into: int) -> int:
    async with office() as desk:
        return await unite(desk, number, into)


async def _unmerge(merge: int) -> tuple[int, int]:
    async with office() as desk:
        return await part(desk, merge)


async def _person(desk: Desk, number: int) -> Person:
    person = await desk.app.contacts.person(number)
    if person is None:
        raise Refusal("cli.contact.unknown", contact=number)
    return person


def _row(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id,
        "name": contact.name,
        "channels": [f"{one.channel}:{one.external_id}" for one in contact.identities],
        "merged_into": contact.merged_into,
        "erased_at": contact.erased_at,
    }


def _me() -> str:
    """Whoever is at the terminal, for the line that tells of it."""
    return f"cli:{getpass.getuser()}"
