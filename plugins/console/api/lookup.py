"""Rows that a person may see: what is hidden looks like what is not there."""

from __future__ import annotations

from core.message import ConversationKind
from core.store.models import Conversation
from plugins.console.ask import Ask
from plugins.console.models import Thread
from plugins.console.problems import Problem, not_found
from plugins.console.rooms import of_staff


async def conversation_of(ask: Ask) -> Conversation:
    """The conversation of the path; raises :class:`Problem` ``not-found``."""
    row = await Conversation.get_or_none(id=ask.number()).prefetch_related("contact")
    if row is None or row.kind not in ask.kinds or of_staff(ask.desk, row):
        raise not_found()
    return row


async def direct_of(ask: Ask) -> Conversation:
    """The same where it is with one customer: others have no owner."""
    row = await conversation_of(ask)
    if row.kind is not ConversationKind.DIRECT:
        raise Problem(409, "not-direct")
    return row


async def thread_of(conversation: Conversation) -> Thread:
    """The same as lists know it; raises :class:`Problem` ``not-found`` until anything was said."""
    row = await Thread.get_or_none(conversation_id=conversation.id)
    if row is None:
        raise not_found()
    return row
