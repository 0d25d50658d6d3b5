"""Bot, queue, person: who answers a conversation, and how it changes hands (S-027..S-033).

The core keeps the bot silent beside a person: a rule's ``owners`` is the bot alone unless said
otherwise. Here are only the words that move a conversation, and the clock of the queue.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.due import Due
from core.effects import Post
from core.message import ConversationKind
from core.parts import Text
from core.plugin import Plugin
from core.store.models import Conversation
from core.turn import Turn
from core.understand import Recogniser, Understanding
from core.words import words
from plugins.handoff.assign import give_next
from plugins.handoff.face import PERSON, UNANSWERED, request, tell_staff
from plugins.handoff.owners import own
from plugins.handoff.presence import ASSIGN, LEFT, OFFLINE, QUEUE, presence_of
from plugins.handoff.queue import Outlook, leave, outlook
from plugins.handoff.settings import HandoffSettings

WORDS = words(__package__)

plugin = Plugin(
    "handoff",
    settings=HandoffSettings,
    models="plugins.handoff.models",
    cli="plugins.handoff.commands:app",
    package=__package__ or "",
)


@plugin.recogniser
def wants_person() -> Recogniser:
    """Marks the intent ``handoff.person``: somebody asks for a human being."""

    def recognise(heard: Understanding) -> None:
        text = heard.plain.lower()
        for phrase in WORDS["not_meant"]:
            text = text.replace(phrase, " ")
        if any(phrase in text for phrase in WORDS["phrases"]):
            heard.intents[PERSON] = 1.0

    return recognise


@plugin.on(command=WORDS["person"])
async def person(turn: Turn) -> None:
    """``人工`` works everywhere; in public it points to a private chat (S-031)."""
    if turn.conversation.kind is ConversationKind.DIRECT:
        request(turn, "asked")
    else:
        turn.reply("handoff.in_private")


@plugin.on(intent=PERSON, kinds=ConversationKind.DIRECT)
async def person_in_a_sentence(turn: Turn) -> None:
    """The same wish inside a longer message."""
    request(turn, "asked")


@plugin.on(command=WORDS["person"], intent=PERSON, kinds=ConversationKind.DIRECT, owners="queue")
async def patience(turn: Turn) -> None:
    """Asked again while waiting: where in the queue, as far as it is known."""
    turn.reply("handoff.still_queued")
    place = await outlook(turn.conversation.id, turn.clock.now())
    if place is not None and place.ahead:
        turn.reply(_place(place), ahead=place.ahead, minutes=place.minutes)


@plugin.on(command=WORDS["back"], kinds=ConversationKind.DIRECT, owners="queue")
async def back(turn: Turn) -> None:
    """The customer would rather go on with the bot than wait."""
    turn.hand_over("bot")
    turn.cancel(UNANSWERED, str(turn.conversation.id))
    leave(turn, turn.conversation.id, "")
    turn.reply("handoff.back")


@plugin.due()
async def announce(due: Due, settings: HandoffSettings) -> None:
    """Tell staff that somebody waits, and start the clock of the queue."""
    conversation = await Conversation.get_or_none(id=due.conversation_id).prefetch_related(
        "contact"
    )
    if conversation is None or conversation.owner != "queue":
        return
    if given := await give_next(due, settings):
        due.at(timedelta(0), ASSIGN, QUEUE)
    if given == conversation.id:
        return
    now = due.clock.now()
    opens = settings.hours.next_open(now, due.texts.zone) if settings.hours else now
    if opens > now:
        _answer(due, conversation, "handoff.closed", opens=opens)
    elif (place := await outlook(conversation.id, now)) is not None and place.ahead:
        _answer(due, conversation, _place(place), ahead=place.ahead, minutes=place.minutes)
    tell_staff(due, settings.staff, "handoff.staff_request", **_facts(conversation, due))
    due.at(opens + timedelta(minutes=settings.answer_within), UNANSWERED, due.key, **due.data)


@plugin.due()
async def unanswered(due: Due, settings: HandoffSettings) -> None:
    """Nobody took it in time: apologise once, remind staff."""
    conversation = await Conversation.get_or_none(id=due.conversation_id).prefetch_related(
        "contact"
    )
    if conversation is None or conversation.owner != "queue":
        return
    _answer(due, conversation, "handoff.sorry_wait")
    due.emit("handoff.unanswered", minutes=settings.answer_within)
    tell_staff(
        due,
        settings.staff,
        "handoff.staff_reminder",
        minutes=f"{settings.answer_within:g}",
        **_facts(conversation, due),
    )


@plugin.due()
async def assign(due: Due, settings: HandoffSettings) -> None:
    """Somebody came or has a place free: one conversation is given, then the next."""
    if await give_next(due, settings):
        due.at(timedelta(0), ASSIGN, QUEUE)


@plugin.due()
async def left(due: Due, settings: HandoffSettings) -> None:
    """Somebody went offline: after a while the customers go back to the queue."""
    if "since" not in due.data:
        wait = timedelta(minutes=settings.leave_minutes)
        due.at(wait, LEFT, due.key, since=due.clock.now().isoformat())
        return
    if await presence_of(due.key) != OFFLINE:
        return
    for conversation in await Conversation.filter(owner=f"agent:{due.key}"):
        own(due, conversation, "queue", reason="left")
        due.emit("handoff.requested", reason="left", conversation=conversation.id)


def _place(place: Outlook) -> str:
    """The sentence for a place in the queue."""
    return "handoff.place" if place.minutes is None else "handoff.place_and_time"


def _answer(due: Due, conversation: Conversation, message: str, **values: object) -> None:
    """A sentence to the customer, in the customer's language."""
    locale = conversation.contact.locale if conversation.contact else ""
    due.post(Post((Text(due.texts.render(message, locale, **values)),)))


def _facts(conversation: Conversation, due: Due) -> dict[str, Any]:
    """What staff need to find the customer; the reason in words where there are any."""
    reason = str(due.data.get("reason", ""))
    return {
        "conversation": conversation.id,
        "channel": conversation.channel,
        "name": (conversation.contact.name if conversation.contact else "")
        or due.texts.render("handoff.visitor", due.texts.default),
        "reason": due.texts.render(f"handoff.reason_{reason}", due.texts.default),
        "said": due.data.get("said", ""),
    }
