"""What may be done with a person: found, merged and taken apart again, exported, erased (S-486)."""

from __future__ import annotations

import orjson
from aiohttp import web
from pydantic import Field
from tortoise.expressions import Q

from core.contacts.merge import MergeError
from core.contacts.obstacles import Barred, OnTheWay
from core.contacts.person import Person
from core.store.models import Contact
from plugins.console import audit
from plugins.console.api.contacts import ContactShape, get_contact, hidden
from plugins.console.ask import Ask
from plugins.console.problems import Problem, not_found
from plugins.console.roles import LEADS
from plugins.console.table import Shape

MOST = 30


class Sought(Shape):
    """A piece of a name; empty: who came last."""

    q: str = Field("", max_length=80)


class Found(Shape):
    """A contact in a list; ``why``: what speaks for it being the same person."""

    id: int
    name: str
    channels: list[str]
    accounts: list[str]
    why: list[str]


class FoundList(Shape):
    """Contacts."""

    items: list[Found]


class Merge(Shape):
    """The contact that is the same person; the one in the address leads."""

    contact: int = Field(ge=1)


class Erase(Shape):
    """``confirm``: the contact's number once more. ``force``: though something is open."""

    confirm: int
    force: bool = False


class Erased(Shape):
    """How many rows were gone through."""

    rows: int


async def list_contacts(ask: Ask, sought: Sought) -> FoundList:
    """Contacts by name; those found to be somebody else are not listed for themselves."""
    named = Q(name__contains=sought.q) if sought.q else Q()
    rows = Contact.filter(named, merged_into=None, erased_at=None).order_by("-id").limit(MOST)
    return FoundList(items=await _found(ask, [row.id for row in await rows], {}))


async def list_alike(ask: Ask) -> FoundList:
    """Contacts that may be the same person, with what speaks for it."""
    alike = await ask.desk.contacts.alike(await _person(ask))
    return FoundList(items=await _found(ask, list(alike), alike))


async def merge_contacts(ask: Ask, body: Merge) -> ContactShape:
    """Two contacts are one person; nothing is moved, and it can be undone."""
    try:
        number = await ask.desk.contacts.merge(body.contact, ask.number(), ask.owner)
    except MergeError as error:
        raise Problem(409, f"merge-{error.reason}") from None
    await _note(ask, "contact-merged", ask.number(), contact=body.contact, merge=number)
    return await get_contact(ask)


async def undo_merge(ask: Ask) -> None:
    """Take a merge back: everything is as it was."""
    try:
        contact, into = await ask.desk.contacts.undo(ask.number(), ask.owner)
    except MergeError as error:
        raise Problem(409, f"merge-{error.reason}") from None
    await _note(ask, "contact-unmerged", into, contact=contact, merge=ask.number())


async def export_contact(ask: Ask) -> web.Response:
    """Everything that is held of the person, as a file."""
    person = await _person(ask)
    found = await ask.desk.contacts.export(person)
    await _note(ask, "contact-exported", person.lead)
    name = f"contact-{person.lead}.json"
    return web.Response(
        body=orjson.dumps(found, default=str, option=orjson.OPT_INDENT_2),
        content_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


async def erase_contact(ask: Ask, body: Erase) -> Erased:
    """Take the person out of everything that is kept; this cannot be undone."""
    if body.confirm != ask.number():
        raise Problem(400, "bad-request", fields={"confirm": str(ask.number())})
    try:
        counts = await ask.desk.contacts.erase(ask.number(), ask.owner, force=body.force)
    except LookupError:
        raise not_found() from None
    except OnTheWay:
        raise Problem(409, "on-the-way") from None
    except Barred as barred:
        reasons = [ask.say(bar.key, **bar.values) for bar in barred.bars]
        raise Problem(409, "barred", reasons=reasons) from None
    return Erased(rows=sum(counts.values()))


async def _person(ask: Ask) -> Person:
    person = await ask.desk.contacts.person(ask.number())
    if person is None:
        raise not_found()
    return person


async def _found(ask: Ask, numbers: list[int], why: dict[int, list[str]]) -> list[Found]:
    rows = await Contact.filter(id__in=numbers).order_by("-id").prefetch_related("identities")
    leads = bool(ask.roles & LEADS)
    return [
        Found(
            id=row.id,
            name=row.name or ask.say("handoff.visitor"),
            channels=sorted({one.channel for one in row.identities}),
            accounts=[
                one.external_id if leads else hidden(one.external_id) for one in row.identities
            ],
            why=[ask.say(reason) for reason in why.get(row.id, [])],
        )
        for row in rows
    ]


async def _note(ask: Ask, act: str, about: int, **data: int) -> None:
    effects = ask.desk.effects()
    audit.record(effects, ask.who.login, act, about, **data)
    await ask.desk.write(effects)
