"""Where the knowledge fell short, read from the ledger and the journal (S-018, S-022).

A question is gathered once: when nobody knew it, when its answer did not help, when a person was
asked for soon after the answer, and when a person answered it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from core.masking import mask
from core.store.models import JournalEntry, Message
from core.words import words
from plugins.faq.models import LifeQuestion
from plugins.faq.store import CHUNK
from plugins.faq.terms import flatten

SOON = timedelta(minutes=10)  # a person asked for so soon after an answer: it did not help
KINDS = ("faq.missed", "faq.feedback", "faq.answered", "handoff.requested")
GRIEVANCES = ("complaint.opened", "complaint.joined")  # what set these off is no question
OWN_WISH = {"asked", "faq-asked"}  # reasons for a handoff that say: the customer wanted it
SHORTEST, LONGEST = 4, 500  # characters of a question
WORDS = words("plugins.faq")
COURTESY = {
    flatten(word)
    for name in ("hello", "thanks", "fine", "robot", "useful", "useless", "none", "person")
    for word in WORDS[name]
}


@dataclass(slots=True)
class Found:
    """A question of the ledger: why it is gathered, which entry is blamed, what a person said."""

    source: str
    blamed: str = ""
    answer: str = ""


async def harvest(since: datetime) -> list[LifeQuestion]:
    """Questions since then that were not gathered yet; the rows are not saved."""
    upset = await _grievances(since)
    found = {n: one for n, one in _shortfalls(await _events(since)).items() if n not in upset}
    answers = await _answered_by_people(since, found.keys(), upset)
    for number, answer in answers.items():
        found.setdefault(number, Found("agent")).answer = answer
    fresh: list[LifeQuestion] = []
    numbers = sorted(found)
    for at in range(0, len(numbers), CHUNK):
        part = numbers[at : at + CHUNK]
        known = {row.key: row for row in await LifeQuestion.filter(key__in=[f"m{n}" for n in part])}
        for message in await Message.filter(id__in=part, direction="in"):
            row = known.get(f"m{message.id}")
            if row is None and is_question(message.text):
                fresh.append(_row(message, found[message.id]))
            elif row is not None and found[message.id].answer and not row.answer:
                row.answer = mask(found[message.id].answer)  # the person came later
                fresh.append(row)
    return fresh


def is_question(text: str) -> bool:
    """Whether there is something to learn in it."""
    flat = flatten(text)
    return len(flat) >= SHORTEST and flat not in COURTESY


def _row(message: Message, found: Found) -> LifeQuestion:
    return LifeQuestion(
        key=f"m{message.id}",
        source=found.source,
        text=mask(message.text)[:LONGEST],
        answer=mask(found.answer),
        blamed=found.blamed,
        at=message.at,
    )


async def _grievances(since: datetime) -> set[int]:
    """The messages that opened a complaint, or joined one."""
    told = JournalEntry.filter(kind__in=GRIEVANCES, at__gte=since, message_id__isnull=False)
    return {int(str(number)) for number in await told.values_list("message_id", flat=True)}


async def _events(since: datetime) -> list[JournalEntry]:
    return await JournalEntry.filter(kind__in=KINDS, at__gte=since).order_by("id")


def _shortfalls(events: Iterable[JournalEntry]) -> dict[int, Found]:
    """By the number of the message that asked."""
    found: dict[int, Found] = {}
    answered: dict[int | None, tuple[datetime, int, str]] = {}  # the last one of a conversation
    for event in events:
        thread = cast("int | None", event.conversation_id)
        data: dict[str, Any] = event.data
        place = cast("int | None", event.message_id)
        number = int(data.get("question") or place or 0)
        if event.kind == "faq.missed":
            found[number] = Found("missed")
        elif event.kind == "faq.answered":
            answered[thread] = (event.at, number, str(data.get("entry", "")))
        elif event.kind == "faq.feedback":
            if data.get("useful"):
                found.pop(number, None)
            else:
                found[number] = Found("unhelpful", str(data.get("entry", "")))
        elif data.get("reason") in OWN_WISH and thread in answered:
            at, number, entry = answered.pop(thread)
            if event.at - at <= SOON:
                found.setdefault(number, Found("handoff", entry))
    return found


async def _answered_by_people(
    since: datetime, known: Iterable[int], upset: set[int]
) -> dict[int, str]:
    """What people replied, by the number of the question: one gathered already, or the last one."""
    replies = Message.filter(direction="out", author__startswith="agent:", at__gte=since)
    threads: list[int] = await replies.distinct().values_list("conversation_id", flat=True)  # type: ignore[assignment] # flat
    gathered, found = set(known), dict[int, str]()
    for at in range(0, len(threads), CHUNK):
        talk: dict[int, list[Message]] = defaultdict(list)
        part = Message.filter(conversation_id__in=threads[at : at + CHUNK], at__gte=since)
        for message in await part.order_by("id"):
            talk[message.conversation_id].append(message)
        for messages in talk.values():
            found |= _pairs(messages, gathered, upset)
    return found


def _pairs(messages: Iterable[Message], gathered: set[int], upset: set[int]) -> dict[int, str]:
    """Question and reply in one conversation; what soothes the ``upset`` answers no question."""
    found: dict[int, list[str]] = {}
    asked, waiting = 0, False
    for message in messages:
        if message.id in upset:
            asked, waiting = 0, False
        elif message.direction == "in":
            if is_question(message.text) and not (waiting and asked in gathered):
                asked, waiting = message.id, True
        elif message.author.startswith("agent:") and asked:
            found.setdefault(asked, []).append(message.text)
            waiting = False
    return {number: "\n".join(texts) for number, texts in found.items()}
