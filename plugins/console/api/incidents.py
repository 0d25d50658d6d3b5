"""Incidents: what is going on with many customers at once, and what a lead does about it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from core.effects import Effects
from core.store.models import Contact, Conversation, Message
from plugins.complaints.face import Rung, warn_at
from plugins.console import audit
from plugins.console.ask import Ask
from plugins.console.cards import names
from plugins.console.cases import case_notes
from plugins.console.models import Thread
from plugins.console.problems import Problem, not_found
from plugins.console.rooms import of_staff
from plugins.console.shapes import CaseNote, Clock, Named
from plugins.console.table import Shape
from plugins.incidents import face as incidents
from plugins.incidents.face import ACTIVE, Affected, Incident, Kind, Moved, Opening, State, Unlawful
from plugins.orders.face import SourceDown

Words = list[str]
MOST_ROOMS = 500
PAGE_DEEDS = "console.page.incident.do."


class Which(Shape):
    """Which incidents."""

    state: Literal["active", "ended"] = "active"


class Room(Shape):
    """A group or a live room that hears of it."""

    id: int
    kind: str
    name: str


class Choice(Room):
    """One that may be chosen; ``told``: it has the notice already."""

    told: bool


class Choices(Shape):
    """Those with the newest words first."""

    items: list[Choice]


class IncidentShape(Shape):
    """One incident; ``standings``: how many stand where."""

    number: str
    kind: str
    kind_text: str
    state: str
    state_text: str
    title: str
    words: Words
    answer: str
    resolution: str
    ticket: str
    ticket_state: str
    level_name: str
    noticed_at: datetime
    opened_at: datetime | None
    ended_at: datetime | None
    clocks: list[Clock]
    people: int
    standings: dict[str, int]
    rooms: list[Room]
    notes: list[CaseNote]


class Incidents(Shape):
    """The newest first."""

    items: list[IncidentShape]


class NewIncident(Shape):
    """What is opened: something new, or a ``draft`` that a surge made."""

    draft: str = Field("", max_length=40)
    kind: Literal["fault", "orders", "opinion"] = "fault"
    title: str = Field("", max_length=200)
    words: list[str] = Field(default=[], max_length=100)
    answer: str = Field("", max_length=2000)


class Changes(Shape):
    """What is not given stays."""

    title: str | None = Field(None, min_length=1, max_length=200)
    words: list[str] | None = Field(None, max_length=100)
    ticket: str | None = Field(None, max_length=200)
    ticket_state: str | None = Field(None, max_length=60)


class Said(Shape):
    """Words to the customers."""

    text: str = Field(min_length=1, max_length=2000)


class Notice(Shape):
    """What everybody hears; without ``text`` the answer that stands.

    ``rooms``: the groups and live rooms that hear it; ``null``: those where it was spoken of.
    """

    text: str = Field("", max_length=2000)
    rooms: list[int] | None = Field(None, max_length=MOST_ROOMS)


class Newcomers(Shape):
    """People by number, and by their orders (S-201)."""

    contacts: list[int] = Field(default=[], max_length=5000)
    orders: list[str] = Field(default=[], max_length=5000)


class Joined(Shape):
    """``strangers``: orders of people who never wrote to us."""

    incident: IncidentShape
    strangers: list[str]


class PeoplePage(Shape):
    """Which people of an incident."""

    after: int = Field(0, ge=0)
    limit: int = Field(100, ge=1, le=500)


class AffectedShape(Shape):
    """Where one person stands. ``notice``, ``ending``: what became of the words, as a message."""

    contact: Named
    conversation: int | None
    standing: str
    standing_text: str
    route: str
    source: str
    said: str
    fen: int | None
    notice: str
    ending: str
    noted_at: datetime
    notified_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None


class People(Shape):
    """A page of people in the order in which they came into it."""

    items: list[AffectedShape]
    next: str | None


async def list_incidents(ask: Ask, query: Which) -> Incidents:
    """Drafts and what is open, or what is over."""
    there(ask)
    rows = Incident.filter(state__in=ACTIVE)
    if query.state == "ended":
        rows = Incident.exclude(state__in=ACTIVE)
    return Incidents(
        items=[await _shape(ask, row) for row in await rows.order_by("-id").limit(100)]
    )


async def get_incident(ask: Ask) -> IncidentShape:
    """One incident."""
    return await _shape(ask, await find(ask))


async def list_affected(ask: Ask, query: PeoplePage) -> People:
    """The people of an incident and where each of them stands."""
    incident = await find(ask)
    wanted = Affected.filter(incident_id=incident.id, id__gt=query.after).order_by("id")
    rows = await wanted.limit(query.limit + 1)
    page = rows[: query.limit]
    more = str(page[-1].id) if len(rows) > query.limit else None
    return People(items=await _people(ask, incident, page), next=more)


async def list_rooms(ask: Ask) -> Choices:
    """The groups and live rooms that a notice may go to (S-336)."""
    return Choices(items=await _choices(ask, await find(ask)))


async def open_incident(ask: Ask, body: NewIncident) -> IncidentShape:
    """Open a draft, or something that a person has noticed: the three clocks run."""
    there(ask)
    opening = Opening(Kind(body.kind), body.title.strip(), body.words, body.answer)
    if not body.draft:
        if not opening.title:
            raise Problem(400, "bad-request", fields={"title": "required"})
        async with acting(ask, "opened", opening.title) as effects:
            made = incidents.open_new(effects, opening, ask.owner, ask.desk.complaints)
        return await _shape(ask, await Incident.get(number=made.number))
    draft = await Incident.get_or_none(number=body.draft, state=State.DRAFT)
    if draft is None:
        raise Problem(409, "incident-moved")
    title, words = opening.title or draft.title, opening.words or draft.words
    whole = Opening(opening.kind, title, words, opening.answer)
    async with acting(ask, "opened", draft.number) as effects:
        incidents.open_draft(effects, draft, whole, ask.owner, ask.desk.complaints)
    return await _shape(ask, await Incident.get(number=draft.number))


async def dismiss_incident(ask: Ask) -> IncidentShape:
    """The draft is none."""
    incident = await find(ask, State.DRAFT)
    async with acting(ask, "dismissed", incident.number) as effects:
        incidents.dismiss(effects, incident, ask.owner)
    return await get_incident(ask)


async def change_incident(ask: Ask, body: Changes) -> IncidentShape:
    """Its title, its words, the engineers' ticket (S-200)."""
    incident, changes = await find(ask), body.model_dump(exclude_none=True)
    if changes:
        async with acting(ask, "changed", incident.number) as effects:
            incidents.change(effects, incident, ask.owner, **changes)
    return await get_incident(ask)


async def plan_incident(ask: Ask, body: Said) -> IncidentShape:
    """What customers hear from now on (S-189)."""
    incident = await find(ask, State.OPEN)
    async with acting(ask, "planned", incident.number) as effects:
        incidents.plan(effects, incident, body.text, ask.owner)
    return await get_incident(ask)


async def notify_incident(ask: Ask, body: Notice) -> IncidentShape:
    """Tell everybody who has not heard of it."""
    incident = await find(ask, State.OPEN)
    wanted, spared = set(body.rooms or ()), None
    if body.rooms is not None:
        known = await _choices(ask, incident, staff=True)
        spared = [one.id for one in known if not (one.told or one.id in wanted)]
    async with acting(ask, "notified", incident.number) as effects:
        incidents.notify(effects, incident, body.text, sorted(wanted), ask.owner, spared=spared)
    return await get_incident(ask)


async def resolve_incident(ask: Ask, body: Said) -> IncidentShape:
    """It is over: everybody hears so, once (S-190)."""
    incident = await find(ask, State.OPEN)
    async with acting(ask, "resolved", incident.number) as effects:
        incidents.resolve(effects, incident, body.text, ask.owner)
    return await get_incident(ask)


async def add_affected(ask: Ask, body: Newcomers) -> Joined:
    """Add people by number and by their orders."""
    incident, now = await find(ask), ask.desk.clock.now()
    try:
        found, strangers = await incidents.customers_of(body.orders, ask.desk.orders, now)
    except SourceDown:
        raise Problem(503, "orders-down") from None
    async with acting(ask, "people-added", incident.number) as effects:
        by_hand = [incidents.Heard("", contact, 0, "", now) for contact in body.contacts]
        incidents.add(effects, incident.number, by_hand, "hand")
        theirs = [incidents.Heard("", contact, 0, order, now) for order, contact in found.items()]
        incidents.add(effects, incident.number, theirs, "order")
    return Joined(incident=await get_incident(ask), strangers=strangers)


def there(ask: Ask) -> None:
    """Whether the shop has the plugin at all."""
    if ask.desk.incidents is None:
        raise not_found()


async def find(ask: Ask, state: State | None = None) -> Incident:
    """The incident of the path, in that state."""
    there(ask)
    incident = await Incident.get_or_none(number=ask.path["number"])
    if incident is None:
        raise not_found()
    if state is not None and incident.state is not state:
        raise Problem(409, "incident-moved")
    return incident


@asynccontextmanager
async def acting(ask: Ask, act: str, about: str) -> AsyncGenerator[Effects]:
    """Effects that are committed at the end with a line of the audit log; raises Problem."""
    effects = ask.desk.effects()
    try:
        yield effects
        audit.record(effects, ask.who.login, f"incident-{act}", about)
        await ask.desk.write(effects)
    except Unlawful as unlawful:
        raise Problem(409, "unlawful", fields={"text": unlawful.phrase}) from None
    except Moved:
        raise Problem(409, "incident-moved") from None


async def _shape(ask: Ask, row: Incident) -> IncidentShape:
    standings = await incidents.counts(row)
    level = incidents.in_charge(row, ask.desk.complaints)
    rooms = await Conversation.filter(id__in=row.rooms)
    plain = ("number", "title", "words", "answer", "resolution", "ticket", "ticket_state")
    moments = ("noticed_at", "opened_at", "ended_at")
    given: dict[str, Any] = {name: getattr(row, name) for name in (*plain, *moments)}
    return IncidentShape(
        **given,
        kind=str(row.kind),
        kind_text=ask.say(f"incidents.kind_{row.kind}"),
        state=str(row.state),
        state_text=ask.say(f"incidents.state_{row.state}"),
        level_name=level.name if level else "",
        clocks=_clocks(ask, row),
        people=sum(standings.values()),
        standings=standings,
        rooms=[Room(id=one.id, kind=str(one.kind), name=one.external_id) for one in rooms],
        notes=case_notes(ask, row.notes, await names(), "incidents.state_", PAGE_DEEDS),
    )


async def _choices(ask: Ask, incident: Incident, *, staff: bool = False) -> list[Choice]:
    """Groups and live rooms; those where ``staff`` read notices are offered to nobody."""
    await ask.desk.tail.catch_up()
    threads = await Thread.filter(kind__in=incidents.ROOMS).order_by("-last_at").limit(MOST_ROOMS)
    places = [thread.conversation_id for thread in threads]
    rooms = {room.id: room for room in await Conversation.filter(id__in=places)}
    told = await incidents.told(incident, list(rooms.values()))
    return [
        Choice(id=room.id, kind=str(room.kind), name=room.external_id, told=room.id in told)
        for place in places
        if (room := rooms.get(place)) and (staff or not of_staff(ask.desk, room))
    ]


def _clocks(ask: Ask, row: Incident) -> list[Clock]:
    found: list[Clock] = []
    now = ask.desk.clock.now()
    for rung in Rung:
        due, met = incidents.due_at(row, rung), incidents.done_at(row, rung)
        if due is None or row.opened_at is None:
            continue
        warn = warn_at(row.opened_at, due, ask.desk.complaints.warn_share)
        late = met > due if met else now >= due
        state = "breached" if late else "met" if met else "warned" if now >= warn else "running"
        found.append(
            Clock(what=rung.value, due_at=due, warn_at=warn, met_at=met, state=state)  # type: ignore[arg-type] # one of its words
        )
    return found


async def _people(ask: Ask, incident: Incident, rows: Sequence[Affected]) -> list[AffectedShape]:
    numbers = [row.contact_id for row in rows]
    names = {row.id: row.name for row in await Contact.filter(id__in=numbers)}
    news = {incidents.key_of(incident.number, incidents.NEWS, one): one for one in numbers}
    over = {incidents.key_of(incident.number, incidents.OVER, one): one for one in numbers}
    sent = await Message.filter(
        direction="out", channel__in=[line.name for line in ask.desk.lines], key__in=[*news, *over]
    ).only("key", "state", "conversation_id")
    told = {message.key: message for message in sent}
    shapes: list[AffectedShape] = []
    for point in await incidents.standpoints(incident, rows):
        row, contact = point.row, point.row.contact_id
        notice = told.get(incidents.key_of(incident.number, incidents.NEWS, contact))
        ending = told.get(incidents.key_of(incident.number, incidents.OVER, contact))
        anywhere = notice or ending
        shapes.append(
            AffectedShape(
                contact=Named(id=contact, name=names.get(contact) or ask.say("handoff.visitor")),
                conversation=anywhere.conversation_id if anywhere else row.heard_in or None,
                standing=str(point.standing),
                standing_text=ask.say(f"incidents.standing_{point.standing}"),
                route=row.route,
                source=row.source,
                said=row.said,
                fen=point.fen,
                notice=notice.state if notice else "",
                ending=ending.state if ending else "",
                noted_at=row.noted_at,
                notified_at=row.notified_at,
                answered_at=row.answered_at,
                closed_at=row.closed_at,
            )
        )
    return shapes
