"""More than one at a conversation: a colleague is asked, a lead observes, whispers, or joins."""

from __future__ import annotations

from functools import partial
from typing import Literal

from pydantic import Field

from core.contacts.person import together
from core.effects import Effects
from core.store.models import Conversation
from plugins.complaints.face import Complaint, State
from plugins.console import audit
from plugins.console.api.lookup import direct_of
from plugins.console.ask import Ask
from plugins.console.cards import guests_of, names
from plugins.console.fold import agent_of
from plugins.console.models import Guest, Note, Staff, Thread
from plugins.console.problems import Problem, not_found
from plugins.console.quality.reviews import may_look
from plugins.console.roles import LEADS, PEOPLE, StaffRole
from plugins.console.shapes import GuestShape
from plugins.console.table import Shape

LONGEST = 5000


class Consult(Shape):
    """A question to a colleague, among staff."""

    to: str = Field(max_length=40)
    text: str = Field(min_length=1, max_length=LONGEST)


class Watch(Shape):
    """How a lead takes part. ``ground``: the law's, to observe in spite of the customer's no."""

    part: Literal["observe", "join"]
    ground: str = Field("", max_length=200)


class Whisper(Shape):
    """A word to the owner that the customer never sees."""

    text: str = Field(min_length=1, max_length=LONGEST)


class Guests(Shape):
    """Who takes part beside the owner."""

    items: list[GuestShape]


async def consult(ask: Ask, body: Consult) -> Guests:
    """Ask a colleague; the conversation stays whose it is (S-036)."""
    conversation = await _with_somebody(ask)
    if conversation.owner != ask.owner and not ask.roles & LEADS:
        raise Problem(409, "not-yours")
    other = await Staff.get_or_none(login=body.to, active=True)
    known = other is not None and {StaffRole(role) for role in other.roles} & PEOPLE
    if not known or body.to in {ask.who.login, agent_of(conversation.owner)}:
        raise Problem(400, "bad-request", fields={"to": "unknown"})
    effects = ask.desk.effects()
    write_note(effects, conversation.id, ask.who.login, body.text, "consult", body.to)
    _seat(effects, conversation.id, body.to, "consult", ask.who.login)
    return await _done(ask, effects, conversation)


async def watch(ask: Ask, body: Watch) -> Guests:
    """Observe, or join: whoever joined may speak to the customer too. Both are audited."""
    conversation = await _with_somebody(ask)
    if conversation.owner == ask.owner:
        raise Problem(409, "not-yours")
    facts, ground = {"owner": agent_of(conversation.owner)}, body.ground.strip()
    if body.part == "observe":
        complaint = await _complains(conversation.contact_id)
        contact, law = conversation.contact_id, bool(ground)
        await may_look(facts["owner"], contact, law=law, complaint=complaint)
    effects = ask.desk.effects()
    _seat(effects, conversation.id, ask.who.login, body.part, ask.who.login)
    act = {"observe": "observed", "join": "joined"}[body.part]
    facts |= {"ground": ground} if ground else {}
    audit.record(effects, ask.who.login, act, conversation.id, **facts)
    return await _done(ask, effects, conversation)


async def whisper(ask: Ask, body: Whisper) -> Guests:
    """Tell the owner something; it is on their page at once."""
    conversation = await _with_somebody(ask)
    owner = agent_of(conversation.owner)
    effects = ask.desk.effects()
    write_note(effects, conversation.id, ask.who.login, body.text, "whisper", owner)
    effects.emit("desk.whisper", conversation=conversation.id, by=ask.who.login, to=[owner])
    return await _done(ask, effects, conversation)


async def dismiss(ask: Ask) -> Guests:
    """Somebody leaves, or the owner has the answer."""
    conversation, login = await direct_of(ask), ask.path["login"]
    mine = login == ask.who.login or conversation.owner == ask.owner
    if not (mine or ask.roles & LEADS):
        raise Problem(409, "not-yours")
    if not await Guest.filter(conversation_id=conversation.id, login=login).exists():
        raise not_found()
    effects = ask.desk.effects()
    end_guests(effects, conversation.id, login)
    return await _done(ask, effects, conversation)


async def joined(number: int, login: str) -> bool:
    """Whether somebody speaks in a colleague's conversation."""
    return await Guest.filter(conversation_id=number, login=login, part="join").exists()


async def guest_shapes(thread: Thread) -> list[GuestShape]:
    """Who takes part in a conversation that is somebody's."""
    if not agent_of(thread.owner):
        return []
    staff = await names()
    return [
        GuestShape(
            login=row.login,
            part=row.part,  # type: ignore[arg-type] - checked by the shape
            name=staff.get(row.login, row.login),
            by=row.by,
            at=row.at,
        )
        for row in (await guests_of([thread.conversation_id])).get(thread.conversation_id, ())
    ]


def write_note(
    effects: Effects, number: int, by: str, text: str, kind: str = "note", *mention: str
) -> Note:
    """A note among staff; those mentioned are told."""
    facts = {"conversation_id": number, "by": by, "text": text, "kind": kind}
    note = Note(**facts, mention=list(mention), at=effects.clock.now())
    effects.save(note)
    effects.emit("desk.note", conversation=number, by=by, kind=kind)
    for login in mention:
        effects.emit("desk.mention", conversation=number, by=by, login=login)
    return note


def end_guests(effects: Effects, number: int, login: str = "") -> None:
    """Nobody takes part any more, or only this one does not."""
    rows = Guest.filter(conversation_id=number)
    effects.write((rows.filter(login=login) if login else rows).delete)
    effects.emit("desk.guest", conversation=number, login=login, part="")


async def _with_somebody(ask: Ask) -> Conversation:
    """The conversation of the path, which is with one of the staff."""
    conversation = await direct_of(ask)
    if not agent_of(conversation.owner):
        raise Problem(409, "not-yours")
    return conversation


async def _complains(contact: int | None) -> bool:
    """Whether the customer has a complaint that is not closed."""
    people = await together(contact) if contact is not None else []
    return await Complaint.filter(contact_id__in=people).exclude(state=State.CLOSED).exists()


def _seat(effects: Effects, number: int, login: str, part: str, by: str) -> None:
    row = {"part": part, "by": by, "at": effects.clock.now()}
    effects.write(
        partial(Guest.update_or_create, conversation_id=number, login=login, defaults=row)
    )
    effects.emit("desk.guest", conversation=number, login=login, part=part)


async def _done(ask: Ask, effects: Effects, conversation: Conversation) -> Guests:
    await ask.desk.write(effects, conversation.id)
    await ask.desk.tail.catch_up()
    return Guests(items=await guest_shapes(await Thread.get(conversation_id=conversation.id)))
