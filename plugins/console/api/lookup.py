"""Rows that a person may see: what is hidden looks like what is not there."""

from __future__ import annotations

from core.message import ConversationKind
from core.store.models import Conversation
from plugins.console.ask import Ask
from plugins.console.models import Thread
from plugins.console.problems import Problem, not_found


async def conversation_of(ask: Ask) -> Conversation:
    """The conversation of the path; raises :class:`Problem` ``not-found``."""
    row = await Conversation.get_or_none(id=ask.number()).prefetch_related("contact")
    if row is None or row.kind not in ask.kinds:
        raise not_found()
    return row


async def direct_of(ask: Ask) -> Conversation:
    """The same where it is with one customer: others have no owner."""
    row = await conversation_of(ask)
    if row.kind is not ConversationKind.DIRECT:
        raise Problem(409, "not-direct")
    return row


async def thread_of(ask: Ask) -> Thread:
    """The conversation of the path as lists know it."""
    row = await Thread.get_or_none(conversation_id=ask.number())
    if row is None or row.kind not in ask.kinds:
        raise not_found()
    return row
