"""A conversation changes hands, and only from the owner seen: two cannot take it at once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from core.effects import Effects, Post
from core.parts import Text
from core.store.models import Conversation
from plugins.handoff.presence import ASSIGN, QUEUE
from plugins.handoff.queue import Need, enter, leave

UNANSWERED = "handoff.unanswered"


class Taken(Exception):  # noqa: N818 - a fact, not a fault
    """It has another owner by now."""


def own(effects: Effects, conversation: Conversation, owner: str, **why: object) -> None:
    """Change the owner and stop the clock of the queue; an unchanged owner is no event.

    The commit raises :class:`Taken` if somebody was faster. ``why`` goes into the event.
    """
    effects.cancel(UNANSWERED, str(conversation.id))
    if conversation.owner == owner:
        return
    if conversation.owner == "queue":
        leave(effects, conversation.id, owner.removeprefix("agent:") if owner != "bot" else "")
    if owner == "queue":
        enter(effects, conversation.id, Need(str(why.get("reason", "left"))))
    if conversation.owner.startswith("agent:") or owner == "queue":  # a place is free, or wanted
        effects.at(timedelta(0), ASSIGN, QUEUE)
    effects.write(partial(_set_owner, conversation.id, conversation.owner, owner))
    effects.emit(
        "conversation.owner",
        conversation=conversation.id,
        owner=owner,
        before=conversation.owner,
        **why,
    )


def give_back(effects: Effects, conversation: Conversation, message: str, **why: object) -> None:
    """To the bot, and the sentence ``message`` to the customer (none where it is empty)."""
    if message:
        locale = conversation.contact.locale if conversation.contact else ""
        words = effects.texts.render(message, locale)
        effects.post(Post((Text(words),), to=conversation.id))
    own(effects, conversation, "bot", **why)


async def _set_owner(number: int, before: str, owner: str) -> None:
    changed = await Conversation.filter(id=number, owner=before).update(owner=owner, form=None)
    if not changed:
        raise Taken
