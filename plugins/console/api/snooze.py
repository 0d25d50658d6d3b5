"""Put off: out of sight until a time or the customer's next word; its clocks stand meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import AwareDatetime

from plugins.console.api.hands import done, held
from plugins.console.ask import Ask
from plugins.console.problems import Problem
from plugins.console.shapes import ConversationShape
from plugins.console.table import Shape

WOKEN = "console.woken"
LONGEST = timedelta(days=60)
USUAL = timedelta(days=7)  # where only the customer's next word is waited for


class Snooze(Shape):
    """Until then at the latest; without it the customer's next word is waited for, for a week."""

    until: AwareDatetime | None = None


async def snooze(ask: Ask, body: Snooze) -> ConversationShape:
    """Put it off."""
    conversation = await held(ask)
    now = ask.desk.clock.now()
    until: datetime = body.until or now + USUAL
    if not now < until <= now + LONGEST:
        raise Problem(400, "bad-request", fields={"until": "60"})
    if not conversation.owner.startswith("agent:"):
        raise Problem(409, "not-yours")
    effects = ask.desk.effects()
    facts = {"until": until.isoformat(), "by": ask.who.login}
    effects.emit("desk.snoozed", conversation=conversation.id, **facts)
    effects.at(until, WOKEN, str(conversation.id), conversation=conversation.id)
    return await done(ask, effects, conversation)


async def wake(ask: Ask) -> ConversationShape:
    """Back into the list at once."""
    conversation = await held(ask)
    effects = ask.desk.effects()
    effects.cancel(WOKEN, str(conversation.id))
    effects.emit("desk.woke", conversation=conversation.id, by=ask.who.login, to=[])
    return await done(ask, effects, conversation)
