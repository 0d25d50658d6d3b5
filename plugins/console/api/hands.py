"""A conversation changes hands: claim, release, transfer, return to the bot, close."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.effects import Effects
from core.store.models import Conversation
from plugins.console import audit
from plugins.console.api.guests import end_guests, write_note
from plugins.console.api.inbox import opened
from plugins.console.api.lookup import direct_of
from plugins.console.ask import Ask
from plugins.console.fold import agent_of
from plugins.console.models import Rating, Staff, Thread
from plugins.console.problems import Problem
from plugins.console.quality.consent import tell
from plugins.console.rating import card
from plugins.console.roles import LEADS, PEOPLE, StaffRole
from plugins.console.shapes import ConversationShape
from plugins.console.table import Shape
from plugins.handoff.face import Taken, give_back, own


class Claim(Shape):
    """Take it; ``force``: from whoever has it."""

    force: bool = False


class Transfer(Shape):
    """To a colleague, and why."""

    to: str = Field(max_length=40)
    reason: str = Field(min_length=1, max_length=500)


class Return(Shape):
    """Back to the bot; the summary stays as a note."""

    summary: str = Field("", max_length=5000)


class Close(Shape):
    """How it ended; ``ask``: send the rating card."""

    result: Literal["solved", "unsolved", "no-answer"]
    ask: bool = False


async def claim(ask: Ask, body: Claim) -> ConversationShape:
    """Make it one's own."""
    conversation = await direct_of(ask)
    other = agent_of(conversation.owner) not in {"", ask.who.login}
    if other and not (body.force and ask.roles & LEADS):
        raise Problem(409, "taken")
    effects = ask.desk.effects()
    own(effects, conversation, ask.owner, by=ask.who.login)
    await tell(effects, conversation, ask.desk.settings)
    end_guests(effects, conversation.id, ask.who.login if other else "")
    if other:
        before = conversation.owner
        audit.record(effects, ask.who.login, "took-over", conversation.id, before=before)
    return await done(ask, effects, conversation)


async def release(ask: Ask) -> ConversationShape:
    """Back to the queue."""
    conversation = await held(ask)
    effects = ask.desk.effects()
    own(effects, conversation, "queue", by=ask.who.login)
    end_guests(effects, conversation.id)
    return await done(ask, effects, conversation)


async def transfer(ask: Ask, body: Transfer) -> ConversationShape:
    """To a colleague who has a place free; the customer sees one thread."""
    conversation = await held(ask)
    other = await Staff.get_or_none(login=body.to, active=True)
    if other is None or not {StaffRole(r) for r in other.roles} & PEOPLE:
        raise Problem(400, "bad-request", fields={"to": "unknown"})
    await ask.desk.tail.catch_up()
    if await Thread.filter(owner=f"agent:{other.login}").count() >= other.capacity:
        raise Problem(409, "full")
    effects = ask.desk.effects()
    write_note(effects, conversation.id, ask.who.login, body.reason, "note", other.login)
    end_guests(effects, conversation.id, other.login)
    own(effects, conversation, f"agent:{other.login}", by=ask.who.login, reason=body.reason)
    return await done(ask, effects, conversation)


async def return_to_bot(ask: Ask, body: Return) -> ConversationShape:
    """The bot goes on; the customer is told."""
    conversation = await _with_people(ask)
    effects = ask.desk.effects()
    if body.summary.strip():
        write_note(effects, conversation.id, ask.who.login, body.summary)
    end_guests(effects, conversation.id)
    give_back(effects, conversation, "handoff.released", by=ask.who.login)
    return await done(ask, effects, conversation)


async def close(ask: Ask, body: Close) -> ConversationShape:
    """It is over: back to the bot in silence, or with the rating card."""
    conversation = await _with_people(ask)
    await ask.desk.tail.catch_up()
    thread = await Thread.get(conversation_id=conversation.id)
    effects, agent = ask.desk.effects(), agent_of(conversation.owner)
    asked = thread.asked_at.isoformat() if thread.asked_at else None
    facts = {"result": body.result, "agent": agent, "asked_at": asked}
    effects.emit("desk.closed", conversation=conversation.id, **facts)
    if body.ask:
        rating = Rating(
            conversation_id=conversation.id,
            contact_id=conversation.contact_id,
            agent=agent,
            asked_at=ask.desk.clock.now(),
        )
        effects.save(rating)
        locale = conversation.contact.locale if conversation.contact else ""
        effects.post(card(ask.desk.texts, locale, conversation.id))
    end_guests(effects, conversation.id)
    give_back(effects, conversation, "", by=ask.who.login)
    return await done(ask, effects, conversation)


async def held(ask: Ask) -> Conversation:
    """The conversation of the path, where it is this person's or the person leads."""
    conversation = await direct_of(ask)
    if conversation.owner != ask.owner and not ask.roles & LEADS:
        raise Problem(409, "not-yours")
    return conversation


async def _with_people(ask: Ask) -> Conversation:
    """The same, where the bot does not have it yet: what is over is not ended again."""
    conversation = await held(ask)
    if conversation.owner == "bot":
        raise Problem(409, "with-bot")
    return conversation


async def done(ask: Ask, effects: Effects, conversation: Conversation) -> ConversationShape:
    """Write it, and answer the conversation as it is then; raises ``taken`` if it changed hands."""
    try:
        await ask.desk.write(effects, conversation.id)
    except Taken:
        raise Problem(409, "taken") from None
    await ask.desk.tail.catch_up()
    return await opened(ask)
