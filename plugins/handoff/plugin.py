"""Bot, queue, person: who answers a conversation, and how it changes hands (S-027..S-033).

The core keeps the bot silent beside a person: a rule's ``owners`` is the bot alone unless said
otherwise. Here are only the words that move a conversation, and the clock of the queue.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from core.due import Due
from core.effects import Post
from core.message import ConversationKind
from core.parts import Text
from core.plugin import Plugin
from core.route.rules import Rank
from core.store.models import Conversation
from core.turn import Turn
from core.understand import Recogniser, Understanding
from core.words import words
from plugins.handoff import buttons
from plugins.handoff.assign import give_next
from plugins.handoff.face import PERSON, UNANSWERED, request, tell_staff
from plugins.handoff.keeps import HOLDINGS
from plugins.handoff.owners import own
from plugins.handoff.presence import ASSIGN, LEFT, OFFLINE, QUEUE, presence_of
from plugins.handoff.queue import Outlook, leave, outlook
from plugins.handoff.settings import HandoffSettings
from plugins.handoff.triage import Triage, in_words

ARMED = "handoff.armed"  # the mark: a trigger may fire for this message
MORNING = "handoff.morning"
MOST_LEFT = 10  # messages of one night that are read out
WORDS = words(__package__)

plugin = Plugin(
    "handoff",
    settings=HandoffSettings,
    models="plugins.handoff.models",
    cli="plugins.handoff.commands:app",
    package=__package__ or "",
    live=(
        "answer_within",
        "hours",
        "policy",
        "last_agent",
        "leave_minutes",
        "triggers",
        "emotion_points",
        "value_points",
        "skills",
        "skill_minutes",
    ),
)
plugin.holds(*HOLDINGS)


@plugin.provides
async def triage(settings: HandoffSettings) -> AsyncIterator[Triage]:
    """Whether a person is needed, how soon, and who."""
    yield Triage(settings)


@plugin.recogniser
def arms(settings: HandoffSettings) -> Recogniser:
    """Marks messages for which a trigger of the shop may fire, before anything is looked up."""

    def recognise(heard: Understanding) -> None:
        text = heard.plain.lower()
        for trigger in settings.triggers:
            if not trigger.acts or trigger.misses:
                continue
            if not trigger.words or any(word.lower() in text for word in trigger.words):
                heard.marks[ARMED] = 1.0
                return

    return recognise


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


@plugin.on(mark=ARMED, kinds=ConversationKind.DIRECT, rank=Rank.INTENT)
async def triggered(turn: Turn, triage: Triage) -> None:
    """A trigger of the shop: emotion words, advice, what is out of scope, who is worth it."""
    trigger = await triage.fired(turn)
    if trigger is None:
        turn.decline("no trigger holds")
        return
    turn.note(trigger=trigger.reason)
    request(turn, trigger.reason, level=trigger.level)


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


@plugin.on(event="choice", roles=buttons.STAFF)
async def staff_pressed(turn: Turn, settings: HandoffSettings) -> None:
    """A button of a notice."""
    found = buttons.pressed(turn)
    if found is None:
        turn.decline("another menu's")
    else:
        await buttons.act(turn, settings, *found)


@plugin.on(command=WORDS["take"], roles=buttons.STAFF)
async def staff_takes(turn: Turn, settings: HandoffSettings) -> None:
    """The same, typed."""
    await buttons.act(turn, settings, buttons.TAKE, buttons.typed(turn))


@plugin.on(command=WORDS["done"], roles=buttons.STAFF)
async def staff_done(turn: Turn, settings: HandoffSettings) -> None:
    """The same, typed."""
    await buttons.act(turn, settings, buttons.DONE, buttons.typed(turn))


@plugin.on(always=True, rank=Rank.FALLBACK, kinds=ConversationKind.DIRECT, owners="queue")
async def leave_word(turn: Turn, settings: HandoffSettings) -> None:
    """What is left while nobody is there: acknowledged once, read to staff when they come."""
    now = turn.clock.now()
    opens = settings.hours.next_open(now, turn.texts.zone) if settings.hours else now
    if not turn.text or opens <= now:
        turn.decline("people are there")
    night = opens.isoformat()
    known: list[str] = turn.memory["left"] if turn.memory.get("night") == night else []
    turn.memory.update(night=night, left=[*known, turn.message.text][-MOST_LEFT:])
    said = "\n".join(turn.memory["left"])
    turn.emit("handoff.message_left", count=len(known) + 1)
    turn.at(opens, MORNING, str(turn.conversation.id), reason="left_word", said=said)
    if not known:
        turn.reply("handoff.noted", opens=opens)


@plugin.due()
async def morning(due: Due, settings: HandoffSettings) -> None:
    """People are there again: what was left for them, where nobody has taken it yet."""
    queued = Conversation.get_or_none(id=due.conversation_id, owner="queue")
    conversation = await queued.prefetch_related("contact")
    if conversation is not None:
        tell_staff(due, settings.staff, "handoff.staff_left", **_facts(conversation, due))


@plugin.due()
async def announce(due: Due, settings: HandoffSettings, triage: Triage) -> None:
    """Tell staff that somebody waits, and start the clock of the queue."""
    conversation = await Conversation.get_or_none(id=due.conversation_id).prefetch_related(
        "contact"
    )
    if conversation is None or conversation.owner != "queue":
        return
    await triage.greet(due, conversation)
    if given := await give_next(due, settings, triage):
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
async def assign(due: Due, settings: HandoffSettings, triage: Triage) -> None:
    """Somebody came or has a place free: one conversation is given, then the next."""
    if await give_next(due, settings, triage):
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
        "reason": in_words(due.texts, due.texts.default, reason),
        "said": due.data.get("said", ""),
    }
