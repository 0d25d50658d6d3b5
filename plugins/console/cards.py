"""Cards: conversations as a list shows them, many at once and then for one person each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from core.contacts.person import clusters, together
from core.store.models import Contact, Conversation, Grant
from plugins.complaints.face import Complaint, Rung, State, done_at, due_at, warn_at
from plugins.console.ask import Services
from plugins.console.models import ContactCard, Guest, Place, Staff, Thread
from plugins.console.owners import owner_shape
from plugins.console.rank import Facts, high, reasons
from plugins.console.shapes import Card, Clock, GuestOnCard, Person, Quota
from plugins.console.sla.keep import load, shown
from plugins.handoff.face import waits_of

T = TypeVar("T")


@dataclass(slots=True)
class Deck:
    """Everything that cards of some threads are made of."""

    desk: Services
    names: Mapping[str, str]
    conversations: Mapping[int, Conversation]
    contacts: Mapping[int, Contact]
    known: Mapping[int, ContactCard]
    cases: Mapping[int, Complaint]
    grants: Mapping[int, Sequence[Grant]]
    skills: Mapping[int, str]
    guests: Mapping[int, Sequence[Guest]]

    def tier(self, contact: int | None) -> int:
        """How valuable the contact is, 0 to 3."""
        card = self.known.get(contact or 0)
        return card.tier if card else 0

    def card(self, thread: Thread, login: str, place: Place | None) -> Card:
        """The card of a thread for one person."""
        number, now = thread.contact_id or 0, self.desk.clock.now()
        conversation, case = self.conversations[thread.conversation_id], self.cases.get(number)
        line = self.desk.lines.get(thread.channel)
        severity, queued = case.severity if case else 0, thread.owner == "queue"
        facts = Facts(thread.emotion, self.tier(number), severity, thread.waiting_since, queued)
        why = reasons(facts, now, self.desk.texts)
        person = self._person(thread)
        return Card(
            id=thread.conversation_id,
            channel=thread.channel,
            adapter=line.kind if line else "",
            kind=thread.kind,  # type: ignore[arg-type] - checked by the shape
            scene=str(conversation.memory.get("webchat", {}).get("scene", "")),
            contact=person,
            title=person.name if person else conversation.external_id,
            owner=owner_shape(thread.owner, login, self.names),
            preview=thread.preview,
            preview_by=thread.preview_by or "bot",  # type: ignore[arg-type]
            last_at=thread.last_at,
            last_message=thread.last_message,
            waiting_since=thread.waiting_since,
            unread=max(0, thread.inbound - (place.inbound if place else 0)),
            emotion=thread.emotion,
            complaint=case.number if case else None,
            complaint_kind=case.kind if case else None,
            clock=next_clock(all_clocks(self.desk, thread, case)),
            rank=sum(each.points for each in why),
            why=why,
            quota=self._quota(thread, now),
            reason=thread.reason,
            closed_at=thread.closed_at,
            draft=bool(place and place.draft),
            high=thread.owner != "bot" and high(facts),
            skill=self.skills.get(thread.conversation_id, ""),
            snoozed_until=thread.snoozed_until,
            guests=self._guests(thread),
        )

    def _person(self, thread: Thread) -> Person | None:
        """The customer of a direct conversation."""
        contact = self.contacts.get(thread.contact_id or 0)
        if thread.kind != "direct" or contact is None:
            return None
        name = contact.name or self._say("handoff.visitor")
        return Person(id=contact.id, name=name, tier=self.tier(contact.id))

    def _guests(self, thread: Thread) -> list[GuestOnCard]:
        found = self.guests.get(thread.conversation_id, ())
        return [GuestOnCard(login=row.login, part=row.part) for row in found]  # type: ignore[arg-type] - checked by the shape

    def _say(self, key: str) -> str:
        return self.desk.texts.render(key, self.desk.texts.default)

    def personal(self, thread: Thread, login: str, place: Place | None) -> dict[str, Any]:
        """What of a card is different for each person, as JSON."""
        return {
            "owner": owner_shape(thread.owner, login, self.names).model_dump(),
            "unread": max(0, thread.inbound - (place.inbound if place else 0)),
            "draft": bool(place and place.draft),
        }

    def _quota(self, thread: Thread, now: datetime) -> Quota | None:
        if not self.desk.lines.can(thread.channel).windows:
            return None
        open_ = [g for g in self.grants.get(thread.conversation_id, ()) if g.until > now]
        if not open_:
            return Quota(allowed=0, left=0, until=None)
        best = max(open_, key=lambda g: float("inf") if g.allowed is None else g.allowed - g.used)
        left = None if best.allowed is None else max(0, best.allowed - best.used)
        return Quota(allowed=best.allowed, left=left, until=best.until)


async def deck(desk: Services, threads: Iterable[Thread]) -> Deck:
    """Look up what these threads need, in one query for each table."""
    rows = list(threads)
    numbers = [t.conversation_id for t in rows]
    people = {t.contact_id for t in rows if t.contact_id is not None}
    conversations = {c.id: c for c in await Conversation.filter(id__in=numbers)}
    contacts = {c.id: c for c in await Contact.filter(id__in=people)}
    same = await clusters(contacts.values())  # a merged contact's card and case are theirs too
    people |= {one for many in same.values() for one in many}
    cards = await ContactCard.filter(contact_id__in=people).order_by("tier")
    cases = Complaint.filter(contact_id__in=people).exclude(state=State.CLOSED).order_by("id")
    grants: dict[int, list[Grant]] = {}
    for grant in await Grant.filter(conversation_id__in=numbers):
        grants.setdefault(grant.conversation_id, []).append(grant)
    waits = await waits_of(t.conversation_id for t in rows if t.asked_at is not None)
    return Deck(
        desk=desk,
        names=await names(),
        conversations=conversations,
        contacts=contacts,
        known=_of_each(same, {card.contact_id: card for card in cards}),
        cases=_of_each(same, {case.contact_id: case for case in await cases}),
        grants=grants,
        skills={number: wait.skill for number, wait in waits.items()},
        guests=await guests_of(t.conversation_id for t in rows if t.owner.startswith("agent:")),
    )


def _of_each(same: Mapping[int, Sequence[int]], found: Mapping[int, T]) -> dict[int, T]:
    """By contact the last of what was found for any contact of the person."""
    return {one: found[each] for one, many in same.items() for each in found if each in many}


async def guests_of(numbers: Iterable[int]) -> dict[int, list[Guest]]:
    """Who is in each of these conversations beside its owner."""
    found: dict[int, list[Guest]] = {}
    for guest in await Guest.filter(conversation_id__in=list(numbers)).order_by("id"):
        found.setdefault(guest.conversation_id, []).append(guest)
    return found


async def names() -> dict[str, str]:
    """The names of staff by login."""
    rows = await Staff.all().values_list("login", "name")
    return {str(login): str(name) for login, name in rows}


async def tier_of(contact: int) -> int:
    """How valuable a person is, 0 to 3: the most that any of the merged contacts says."""
    cards = ContactCard.filter(contact_id__in=await together(contact))
    return max([card.tier for card in await cards], default=0)


async def places(numbers: Sequence[int], login: str) -> dict[int, Place]:
    """Where a person is in these conversations."""
    rows = await Place.filter(conversation_id__in=numbers, login=login)
    return {row.conversation_id: row for row in rows}


async def cards(desk: Services, threads: Sequence[Thread], login: str) -> list[Card]:
    """The cards of some threads for one person."""
    whole = await deck(desk, threads)
    mine = await places([t.conversation_id for t in threads], login)
    return [whole.card(t, login, mine.get(t.conversation_id)) for t in threads]


def all_clocks(desk: Services, thread: Thread, case: Complaint | None) -> list[Clock]:
    """What was promised to the customer of a thread, and what a complaint of theirs asks."""
    now = desk.clock.now()
    promised = shown(load(thread.clocks), now)
    return [*promised, *(clocks(case, desk.complaints.warn_share, now) if case else ())]


def clocks(case: Complaint, share: float, now: datetime) -> list[Clock]:
    """The three clocks of a complaint."""
    return [_clock(case, rung, share, now) for rung in Rung]


def next_clock(many: Iterable[Clock]) -> Clock | None:
    """The one that ends next."""
    return min((c for c in many if c.met_at is None), key=lambda c: c.due_at, default=None)


def _clock(case: Complaint, rung: Rung, share: float, now: datetime) -> Clock:
    due, met = due_at(case, rung), done_at(case, rung)
    warn = warn_at(case.opened_at, due, share)
    late = (met or now) > due if met else now >= due
    state = "breached" if late else "met" if met else "warned" if now >= warn else "running"
    return Clock(what=rung.value, due_at=due, warn_at=warn, met_at=met, state=state)  # type: ignore[arg-type]
