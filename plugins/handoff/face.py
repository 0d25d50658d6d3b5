"""What other plugins may use of the handoff: hand a customer to the people, and tell staff."""

from __future__ import annotations

from datetime import timedelta

from core.effects import Effects, Post
from core.parts import Menu, Text
from core.turn import Turn
from plugins.handoff.buttons import menu
from plugins.handoff.models import Wait
from plugins.handoff.owners import UNANSWERED, Taken, give_back, own
from plugins.handoff.presence import (
    OFFLINE,
    ONLINE,
    Seat,
    presence_of,
    presences,
    set_presence,
    set_seat,
    set_skills,
    since_of,
    skills_of,
)
from plugins.handoff.queue import Need, Outlook, enter, feel, outlook, waits_of
from plugins.handoff.settings import HandoffSettings, StaffRoom
from plugins.handoff.triage import SEVERITY, Triage, feelings, in_words, weights

__all__ = [
    "OFFLINE",
    "ONLINE",
    "PERSON",
    "SEVERITY",
    "UNANSWERED",
    "HandoffSettings",
    "Outlook",
    "Seat",
    "StaffRoom",
    "Taken",
    "Triage",
    "Wait",
    "feelings",
    "give_back",
    "in_words",
    "outlook",
    "own",
    "presence_of",
    "presences",
    "request",
    "set_presence",
    "set_seat",
    "set_skills",
    "since_of",
    "skills_of",
    "tell_staff",
    "upset",
    "waits_of",
    "weights",
]

PERSON = "handoff.person"  # the intent: the customer asks for a person
ANNOUNCE = "handoff.announce"
_EXCERPT = 60


def request(turn: Turn, reason: str, *, topic: str = "", level: int = 0) -> None:
    """Put the customer in the queue, for ``reason`` (a short word such as ``complaint``).

    Says so kindly and announces it to staff. In the queue already: nothing but a word of patience.
    ``topic``: what it is about, for who is wanted. ``level``: how upset at least, 0 to 3.
    """
    if turn.conversation.owner == "queue":
        turn.reply("handoff.still_queued")
        return
    turn.hand_over("queue")
    need = Need(reason, topic, max(level, feelings(turn.understanding)))
    enter(turn, turn.conversation.id, need)
    turn.emit("handoff.requested", reason=reason)
    key = str(turn.conversation.id)
    turn.at(timedelta(0), ANNOUNCE, key, reason=reason, said=turn.message.text[:_EXCERPT])
    turn.reply("handoff.queued")


def upset(turn: Turn) -> None:
    """Further words of somebody who waits: angrier ones bring them forward."""
    if turn.conversation.owner == "queue":
        feel(turn, turn.conversation.id, feelings(turn.understanding))


def tell_staff(
    effects: Effects, room: StaffRoom | None, message: str, /, *, key: str = "", **values: object
) -> None:
    """Queue a notice, in the shop's language, to a staff room; nothing where none is configured.

    ``key`` makes it unique, where the same cause must never be told twice. Where the room wants
    buttons, a notice about a conversation (the value of that name) has them.
    """
    if room is None:
        return
    text = effects.texts.render(message, effects.texts.default, **values)
    number = values.get("conversation")
    part: Menu | Text = Text(text)
    if room.buttons and isinstance(number, int):
        part = menu(effects.texts, room, text, number)
    effects.post(Post((part,), to=room.address, key=key, mention=room.people))
