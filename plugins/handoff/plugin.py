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
from plugins.handoff.face import PERSON, UNANSWERED, request, tell_staff
from plugins.handoff.settings import HandoffSettings

WORDS = words(__package__)

plugin = Plugin(
    "handoff",
    settings=HandoffSettings,
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
    """Asked again while waiting."""
    turn.reply("handoff.still_queued")


@plugin.on(command=WORDS["back"], kinds=ConversationKind.DIRECT, owners="queue")
async def back(turn: Turn) -> None:
    """The customer would rather go on with the bot than wait."""
    turn.hand_over("bot")
    turn.cancel(UNANSWERED, str(turn.conversation.id))
    turn.reply("handoff.back")


@plugin.due()
async def announce(due: Due, settings: HandoffSettings) -> None:
    """Tell staff that somebody waits, and start the clock of the queue."""
    conversation = await Conversation.get_or_none(id=due.conversation_id).prefetch_related(
        "contact"
    )
    if conversation is None or conversation.owner != "queue":
        return
    now = due.clock.now()
    opens = settings.hours.next_open(now, due.texts.zone) if settings.hours else now
    if opens > now:
        _answer(due, conversation, "handoff.closed", opens=opens)
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
