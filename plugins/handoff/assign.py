"""Who gets the next conversation: a pure choice, and the hand that carries it out (S-034)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from core.effects import Effects, Post
from core.parts import Text
from core.store.models import Conversation
from plugins.handoff.models import Agent, Wait
from plugins.handoff.owners import own
from plugins.handoff.presence import ONLINE
from plugins.handoff.queue import waiting
from plugins.handoff.settings import HandoffSettings

NEVER = datetime.min.replace(tzinfo=UTC)


def choose(
    agents: Sequence[Agent], loads: Mapping[str, int], settings: HandoffSettings, last: str = ""
) -> tuple[Agent, str] | None:
    """The agent, and the policy that chose; ``None`` where nobody is there with a place free.

    ``last`` is who served this customer before.
    """
    free = [a for a in agents if a.state == ONLINE and loads.get(a.login, 0) < a.capacity]
    if not free or settings.policy == "manual":
        return None
    again = next((agent for agent in free if agent.login == last), None)
    if again is not None and settings.last_agent:
        return again, "last_agent"
    if settings.policy == "round_robin":
        return min(free, key=lambda a: (a.last_given or NEVER, a.login)), "round_robin"
    share = {a.login: loads.get(a.login, 0) / a.capacity for a in free}
    least = min(free, key=lambda a: (share[a.login], a.last_given or NEVER, a.login))
    return least, "least_busy"


async def give_next(effects: Effects, settings: HandoffSettings) -> int:
    """Give the first of the queue to somebody; its number, or 0 where that was not possible."""
    for wait in await waiting():
        conversation = await Conversation.get_or_none(
            id=wait.conversation_id, owner="queue"
        ).prefetch_related("contact")
        if conversation is not None:
            given = await _give(effects, conversation, settings)
            return conversation.id if given else 0
    return 0


async def _give(effects: Effects, conversation: Conversation, settings: HandoffSettings) -> bool:
    agents = await Agent.filter(state=ONLINE)
    loads = {a.login: await load_of(a.login) for a in agents}
    chosen = choose(agents, loads, settings, await _last(conversation.id))
    if chosen is None:
        return False
    agent, policy = chosen
    own(effects, conversation, f"agent:{agent.login}", policy=policy)
    locale = conversation.contact.locale if conversation.contact else ""
    words = effects.texts.render("handoff.taken", locale, name=agent.name or agent.login)
    effects.post(Post((Text(words),), to=conversation.id))
    effects.write(partial(_given, agent.id, effects.clock.now()))
    return True


async def load_of(login: str) -> int:
    """How many conversations somebody has."""
    return await Conversation.filter(owner=f"agent:{login}").count()


async def _last(conversation: int) -> str:
    """Who took this conversation the last time it waited."""
    past = Wait.filter(conversation_id=conversation).exclude(taken_by="")
    row = await past.order_by("-id").first()
    return row.taken_by if row else ""


async def _given(number: int, now: datetime) -> None:
    await Agent.filter(id=number).update(last_given=now)
