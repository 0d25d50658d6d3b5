"""What a command does to an incident, as a person beside the shop would say it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from core.cli.office import Desk
from core.cli.problems import Refusal
from core.cli.tongue import say
from core.effects import Effects
from core.store.models import Contact
from plugins.compensation.face import (
    CompensationSettings,
    Denied,
    Person,
    Proposal,
    Wish,
    propose,
)
from plugins.complaints.face import ComplaintSettings
from plugins.incidents import affected, cases
from plugins.incidents.cases import Moved, Opening, Unlawful
from plugins.incidents.models import Affected, Incident, State
from plugins.incidents.orders import customers_of
from plugins.incidents.surge import Heard
from plugins.orders.face import OrderSource, SourceDown


async def find(number: str) -> Incident:
    """An incident by its number; raises :class:`Refusal`."""
    incident = await Incident.get_or_none(number=number)
    if incident is None:
        raise Refusal("incidents.cli_unknown", number=number)
    return incident


async def in_state(number: str, state: State) -> Incident:
    """The same, if it is in that state."""
    incident = await find(number)
    if incident.state is not state:
        now = say(f"incidents.state_{incident.state}")
        raise Refusal("incidents.cli_not_so", number=number, state=now)
    return incident


async def open_(desk: Desk, draft: str, opening: Opening, by: str) -> Incident:
    """Open a draft, or something new."""
    settings = desk.settings(ComplaintSettings)
    async with acting(desk) as effects:
        if not draft:
            return cases.open_new(effects, opening, by, settings)
        incident = await in_state(draft, State.DRAFT)
        given = Opening(
            opening.kind,
            opening.title or incident.title,
            opening.words or incident.words,
            opening.answer,
        )
        cases.open_draft(effects, incident, given, by, settings)
        return incident


async def dismiss(desk: Desk, number: str, by: str) -> None:
    """The draft is none."""
    incident = await in_state(number, State.DRAFT)
    async with acting(desk) as effects:
        cases.dismiss(effects, incident, by)


async def plan(desk: Desk, number: str, text: str, by: str) -> None:
    """What customers hear from now on (S-189)."""
    if not text.strip():
        raise Refusal("incidents.cli_needs_text")
    incident = await in_state(number, State.OPEN)
    async with acting(desk) as effects:
        cases.plan(effects, incident, text, by)


async def change(desk: Desk, number: str, by: str, **changes: Any) -> None:  # noqa: ANN401
    """The ticket, or the words."""
    incident = await find(number)
    async with acting(desk) as effects:
        cases.change(effects, incident, by, **changes)


async def notify(desk: Desk, number: str, text: str, rooms: Sequence[int], by: str) -> None:
    """Tell everybody who has not heard."""
    incident = await in_state(number, State.OPEN)
    async with acting(desk) as effects:
        cases.notify(effects, incident, text, rooms, by)


async def resolve(desk: Desk, number: str, text: str, by: str) -> None:
    """It is over (S-190: with words that say so)."""
    if not text.strip():
        raise Refusal("incidents.cli_needs_text")
    incident = await in_state(number, State.OPEN)
    async with acting(desk) as effects:
        cases.resolve(effects, incident, text, by)


async def add(desk: Desk, number: str, contacts: Sequence[int], orders: Sequence[str]) -> list[str]:
    """Add people by number and by their orders; returns the orders of people never met."""
    incident = await find(number)
    known = {row.id for row in await Contact.filter(id__in=list(contacts))}
    if unknown := [one for one in contacts if one not in known]:
        raise Refusal("incidents.cli_no_contact", contact=unknown[0])
    try:
        found, strangers = await customers_of(orders, desk.service(OrderSource), desk.clock.now())
    except SourceDown as error:
        raise Refusal("incidents.cli_orders_down", reason=error) from None
    now = desk.clock.now()
    async with acting(desk) as effects:
        by_hand = [Heard("", contact, 0, "", now) for contact in contacts]
        affected.add(effects, number, by_hand, "hand")
        theirs = [Heard("", contact, 0, order, now) for order, contact in found.items()]
        affected.add(effects, number, theirs, "order")
        if strangers:
            text = say("incidents.strangers", orders=", ".join(strangers))
            cases.note(effects, incident, "staff", text)
            cases.step(effects, incident, incident.state, ("notes",))
    return strangers


async def compensate(desk: Desk, number: str, wish: Wish, by: Person) -> Proposal:
    """Propose the same for everybody of it who has got nothing yet (S-191)."""
    incident = await find(number)
    people = [row.contact_id for row in await Affected.filter(incident_id=incident.id)]
    whole = Wish(affected.cause_of(number), people, wish.fen, wish.reason, wish.priority)
    try:
        async with acting(desk) as effects:
            return await propose(effects, whole, by, desk.settings(CompensationSettings))
    except Denied as denied:
        raise Refusal(f"compensation.denied_{denied.code}", **denied.values) from None


def numbers_in(file: Path) -> list[str]:
    """Order numbers: the first word of each line; a heading and empty lines are passed by."""
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Refusal("incidents.cli_no_text_file", file=file) from None
    first = [line.replace(",", " ").replace("\t", " ").split()[:1] for line in lines]
    return [words[0] for words in first if words and any(c.isdecimal() for c in words[0])]


@asynccontextmanager
async def acting(desk: Desk) -> AsyncGenerator[Effects]:
    """Effects that are committed at the end; what the rules say against them as a refusal."""
    effects = desk.effects()
    try:
        yield effects
        await desk.commit(effects)
    except Unlawful as unlawful:
        raise Refusal("incidents.cli_unlawful", words=unlawful.phrase) from None
    except Moved:
        raise Refusal("incidents.cli_moved") from None
