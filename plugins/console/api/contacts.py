"""The right pane: who the customer is, the orders, the history."""

from __future__ import annotations

from functools import partial

import structlog
from pydantic import Field

from core.contacts.person import together
from core.masking import mask
from core.store.models import Contact, ContactIdentity, ContactMerge, Conversation
from plugins.complaints.face import Complaint
from plugins.console import audit
from plugins.console.ask import Ask
from plugins.console.cards import names
from plugins.console.cases import case_shapes
from plugins.console.models import ContactCard, Rating, Thread
from plugins.console.owners import owner_shape
from plugins.console.problems import Problem, not_found
from plugins.console.roles import LEADS
from plugins.console.shapes import ComplaintShape, Owner
from plugins.console.table import Shape
from plugins.orders.face import Order, OrderRow, SourceDown, bound

log = structlog.get_logger(__name__)
MOST_ORDERS, MOST_PAST = 10, 20


class Identity(Shape):
    """The contact on one channel; the ``account`` is masked for those who do not lead."""

    contact: int
    channel: str
    account: str
    name: str
    verified: bool
    gone: bool


class Item(Shape):
    """A line of an order."""

    title: str
    count: int


class Parcel(Shape):
    """A parcel."""

    waybill: str
    courier: str


class OrderShape(Shape):
    """An order; the phone is masked."""

    number: str
    status: str
    status_text: str
    items: list[Item]
    paid_at: str | None
    phone: str
    parcels: list[Parcel]


class Past(Shape):
    """An earlier conversation."""

    id: int
    channel: str
    last_at: str
    preview: str
    owner: Owner


class Rated(Shape):
    """What the customer said of us."""

    score: int
    comment: str
    at: str


class Merged(Shape):
    """A contact that was found to be the same person."""

    id: int
    contact: int
    into: int
    name: str
    by: str
    at: str


class MayContact(Shape):
    """What this person may do with the contact."""

    merge: bool
    export: bool
    erase: bool


class ContactShape(Shape):
    """Everything about a person: of all contacts that were merged; ``id`` is the one that leads."""

    id: int
    contacts: list[int]
    merges: list[Merged]
    erased_at: str | None
    may: MayContact
    name: str
    locale: str
    tier: int
    tags: list[str]
    remark: str
    identities: list[Identity]
    orders: list[OrderShape]
    complaints: list[ComplaintShape]
    conversations: list[Past]
    ratings: list[Rated]


class Changes(Shape):
    """What staff may write about a contact; what is left out stays."""

    tier: int | None = Field(None, ge=0, le=3)
    tags: list[str] | None = Field(None, max_length=20)
    remark: str | None = Field(None, max_length=2000)


class Reveal(Shape):
    """Which order's phone is needed, and what for."""

    order: str = Field(max_length=40)
    reason: str = Field(min_length=2, max_length=200)


class Phone(Shape):
    """In full."""

    phone: str


async def get_contact(ask: Ask) -> ContactShape:
    """The contact pane, and the page of a person."""
    contact = await _contact(ask)
    people = await together(contact.id)
    card = await ContactCard.get_or_none(contact_id=contact.id)
    cases = await Complaint.filter(contact_id__in=people).order_by("-id").limit(MOST_PAST)
    leads = bool(ask.roles & LEADS)
    return ContactShape(
        id=contact.id,
        contacts=people,
        merges=await _merges(people),
        erased_at=contact.erased_at.isoformat() if contact.erased_at else None,
        may=MayContact(merge=contact.erased_at is None, export=leads, erase=leads),
        name=contact.name or ask.say("handoff.visitor"),
        locale=contact.locale,
        tier=card.tier if card else 0,
        tags=await _tags(people),
        remark=card.remark if card else "",
        identities=await _identities(people, leads=leads),
        orders=[_order(ask, order) for order in await _orders(ask, people)],
        complaints=await case_shapes(ask, cases),
        conversations=await _past(ask, people, leads=leads),
        ratings=await _ratings(people),
    )


async def change_contact(ask: Ask, body: Changes) -> ContactShape:
    """Write down what is known."""
    contact = await _contact(ask)
    changes = body.model_dump(exclude_none=True)
    effects = ask.desk.effects()
    effects.write(partial(_change, contact.id, changes))
    told = {name: "..." if name == "remark" else value for name, value in changes.items()}
    audit.record(effects, ask.who.login, "contact-changed", contact.id, **told)
    await ask.desk.write(effects)
    return await get_contact(ask)


async def reveal(ask: Ask, body: Reveal) -> Phone:
    """A receiver's phone in full: only of an order that is the contact's, and never unnoticed."""
    contact = await _contact(ask)
    orders = await _orders(ask, await together(contact.id))
    order = next((o for o in orders if o.number == body.order), None)
    if order is None:
        raise not_found()
    effects = ask.desk.effects()
    facts = {"order": order.number, "reason": body.reason}
    audit.record(effects, ask.who.login, "phone-revealed", contact.id, **facts)
    await ask.desk.write(effects)
    return Phone(phone=order.phone)


async def _contact(ask: Ask) -> Contact:
    """The contact that leads, whichever of a person's was asked for."""
    row = await Contact.get_or_none(id=(await together(ask.number()))[0])
    if row is None:
        raise not_found()
    return row


async def _tags(people: list[int]) -> list[str]:
    cards = {card.contact_id: card for card in await ContactCard.filter(contact_id__in=people)}
    return list(dict.fromkeys(tag for one in people if one in cards for tag in cards[one].tags))


async def _identities(people: list[int], *, leads: bool) -> list[Identity]:
    rows = ContactIdentity.filter(contact_id__in=people).order_by("id")
    return [
        Identity(
            contact=row.contact_id,
            channel=row.channel,
            account=row.external_id if leads else hidden(row.external_id),
            name=row.contact.name,
            verified="customer_id" in row.proven,
            gone=row.gone,
        )
        for row in await rows.prefetch_related("contact")
    ]


async def _merges(people: list[int]) -> list[Merged]:
    rows = await ContactMerge.filter(into_id__in=people, undone_at=None).order_by("id")
    named = {row.id: row.name for row in await Contact.filter(id__in=[m.contact_id for m in rows])}
    return [
        Merged(
            id=row.id,
            contact=row.contact_id,
            into=row.into_id,
            name=named.get(row.contact_id, ""),
            by=row.by.removeprefix("agent:"),
            at=row.at.isoformat(),
        )
        for row in rows
    ]


async def _ratings(people: list[int]) -> list[Rated]:
    rows = Rating.filter(contact_id__in=people, score__isnull=False).order_by("-id")
    return [
        Rated(score=row.score or 0, comment=row.comment, at=str(row.at and row.at.isoformat()))
        for row in await rows.limit(MOST_PAST)
    ]


def hidden(account: str) -> str:
    """An account on a channel as colleagues may read it: enough to tell two apart."""
    return f"{account[:2]}***{account[-2:]}" if len(account) > 6 else "***"


async def _orders(ask: Ask, people: list[int]) -> list[Order]:
    """Orders that are proved to be the person's: vouched for by a channel, or shown in a chat."""
    identities = await ContactIdentity.filter(contact_id__in=people)
    customers = {row.proven["customer_id"] for row in identities if row.proven.get("customer_id")}
    numbers: list[str] = []
    if customers:
        rows = OrderRow.filter(customer_id__in=customers).order_by("-id").limit(MOST_ORDERS)
        numbers += [row.number for row in await rows]
    now = ask.desk.clock.now()
    for conversation in await Conversation.filter(contact_id__in=people):
        proved = bound(conversation.memory.get("orders", {}), now)
        if proved is not None:
            numbers.append(proved.number)
    source = ask.desk.orders
    try:
        found = [await source.find(number) for number in dict.fromkeys(numbers)]
        if not any(found):
            found = [await source.latest(customer) for customer in customers]
    except SourceDown as error:
        log.warning("desk.orders_down", reason=str(error))
        raise Problem(503, "orders-down") from None
    return [order for order in found if order is not None][:MOST_ORDERS]


def _order(ask: Ask, order: Order) -> OrderShape:
    return OrderShape(
        number=order.number,
        status=str(order.status),
        status_text=ask.say(f"orders.status_{order.status}"),
        items=[Item(title=item.title, count=item.count) for item in order.items],
        paid_at=order.paid_at.isoformat() if order.paid_at else None,
        phone=f"{order.phone[:3]}****{order.phone[-4:]}",
        parcels=[Parcel(waybill=p.waybill, courier=p.courier) for p in order.parcels],
    )


async def _past(ask: Ask, people: list[int], *, leads: bool) -> list[Past]:
    rows = Thread.filter(contact_id__in=people, kind__in=[str(kind) for kind in ask.kinds])
    staff = await names()
    return [
        Past(
            id=row.conversation_id,
            channel=row.channel,
            last_at=row.last_at.isoformat(),
            preview=row.preview if leads else mask(row.preview),
            owner=owner_shape(row.owner, ask.who.login, staff),
        )
        for row in await rows.order_by("-last_at").limit(MOST_PAST)
    ]


async def _change(number: int, changes: dict[str, object]) -> None:
    row, _ = await ContactCard.get_or_create(contact_id=number)
    await row.update_from_dict(changes).save()
