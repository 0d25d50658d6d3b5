"""What other plugins may use of the handoff: hand a customer to the people, and tell staff."""

from __future__ import annotations

from datetime import timedelta

from core.effects import Effects, Post
from core.parts import Text
from core.turn import Turn
from plugins.handoff.owners import UNANSWERED, Taken, give_back, own
from plugins.handoff.presence import (
    OFFLINE,
    ONLINE,
    Seat,
    presence_of,
    presences,
    set_presence,
    since_of,
)
from plugins.handoff.queue import enter
from plugins.handoff.settings import HandoffSettings, StaffRoom

__all__ = [
    "OFFLINE",
    "ONLINE",
    "PERSON",
    "UNANSWERED",
    "HandoffSettings",
    "Seat",
    "StaffRoom",
    "Taken",
    "give_back",
    "own",
    "presence_of",
    "presences",
    "request",
    "set_presence",
    "since_of",
    "tell_staff",
]

PERSON = "handoff.person"  # the intent: the customer asks for a person
ANNOUNCE = "handoff.announce"
_EXCERPT = 60


def request(turn: Turn, reason: str) -> None:
    """Put the customer in the queue, for ``reason`` (a short word such as ``complaint``).

    Says so kindly and announces it to staff. In the queue already: nothing but a word of patience.
    """
    if turn.conversation.owner == "queue":
        turn.reply("handoff.still_queued")
        return
    turn.hand_over("queue")
    enter(turn, turn.conversation.id, reason)
    turn.emit("handoff.requested", reason=reason)
    key = str(turn.conversation.id)
    turn.at(timedelta(0), ANNOUNCE, key, reason=reason, said=turn.message.text[:_EXCERPT])
    turn.reply("handoff.queued")


def tell_staff(
    effects: Effects, room: StaffRoom | None, message: str, /, *, key: str = "", **values: object
) -> None:
    """Queue a notice, in the shop's language, to a staff room; nothing where none is configured.

    ``key`` makes it unique, where the same cause must never be told twice.
    """
    if room is None:
        return
    text = effects.texts.render(message, effects.texts.default, **values)
    effects.post(Post((Text(text),), to=room.address, key=key, mention=room.people))
