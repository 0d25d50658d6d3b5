"""What whoever takes over must know before the first word (S-032): why, since when, what was."""

from __future__ import annotations

from datetime import timedelta

from core.contacts.person import together
from core.store.models import JournalEntry, Message
from core.understand.entities import entities
from core.understand.normalise import normalise
from plugins.complaints.face import Complaint
from plugins.console.ask import Ask
from plugins.console.models import Thread
from plugins.console.shapes import Brief, Handoff, PastCase, QueueReason
from plugins.handoff.face import Wait, in_words, outlook, waits_of, weights

BEFORE = timedelta(days=1)
MOST_READ, MOST_SAID, MOST_CASES, LONGEST, SHORTEST = 60, 5, 5, 120, 4


async def handoff_of(ask: Ask, thread: Thread) -> Handoff | None:
    """The handoff of a conversation; ``None`` where no person is wanted."""
    if thread.asked_at is None:
        return None
    number = thread.conversation_id
    wait = (await waits_of([number])).get(number)
    place = await outlook(number, ask.desk.clock.now()) if thread.owner == "queue" else None
    return Handoff(
        reason=thread.reason,
        text=in_words(ask.desk.texts, ask.locale, thread.reason) if thread.reason else "",
        at=thread.asked_at,
        position=place.ahead + 1 if place else None,
        minutes=place.minutes if place else None,
        skill=wait.skill if wait else "",
        why=_why(ask, wait) if wait and place else [],
        brief=await _brief(ask, thread),
    )


def _why(ask: Ask, wait: Wait) -> list[QueueReason]:
    """Why somebody stands where they stand in the queue."""
    waited = int((ask.desk.clock.now() - wait.asked_at).total_seconds() // 60)
    given = {**weights(wait, ask.desk.handoff), "waiting": waited}
    values = {"level": wait.emotion, "tier": wait.tier, "minutes": waited}
    reason = in_words(ask.desk.texts, ask.locale, wait.reason)
    words = {name: ask.say(f"handoff.why_{name}", **values) for name in given if name != "reason"}
    shown = {name: points for name, points in given.items() if points}
    return [
        QueueReason(text=words.get(name, reason), points=points)
        for name, points in sorted(shown.items(), key=lambda pair: -pair[1])
    ]


async def _brief(ask: Ask, thread: Thread) -> Brief:
    """What the customer said to the bot, how often it answered, which orders were named."""
    asked = thread.asked_at or thread.last_at
    number = thread.conversation_id
    closed = JournalEntry.filter(kind="desk.closed", conversation_id=number, at__lt=asked)
    ended = await closed.order_by("-id").first()
    since = max(asked - BEFORE, ended.at) if ended else asked - BEFORE
    rows = Message.filter(conversation_id=number, at__gt=since, at__lte=asked)
    talk = sorted(await rows.order_by("-id").limit(MOST_READ), key=lambda row: row.id)
    heard = [row.text for row in talk if row.direction == "in" and row.text]
    said = dict.fromkeys(text[:LONGEST] for text in heard if len(text) >= SHORTEST)
    orders = [e.value for t in heard for e in entities(normalise(t)) if e.type == "order_no"]
    return Brief(
        said=list(said)[-MOST_SAID:],
        answered=sum(1 for row in talk if row.direction == "out" and row.author == "bot"),
        orders=list(dict.fromkeys(orders)),
        complaints=await _cases(ask, thread),
    )


async def _cases(ask: Ask, thread: Thread) -> list[PastCase]:
    people = await together(thread.contact_id) if thread.contact_id is not None else []
    rows = Complaint.filter(contact_id__in=people).order_by("-id")
    return [
        PastCase(
            number=row.number,
            kind_text=ask.say(f"complaints.kind_{row.kind}"),
            state=row.state.value,
            opened_at=row.opened_at,
        )
        for row in await rows.limit(MOST_CASES)
    ]
