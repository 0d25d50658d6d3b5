"""Who gets the next conversation: a pure choice, and the hand that carries it out (S-034)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from core.effects import Effects, Post
from core.parts import Text
from core.store.models import Conversation
from plugins.handoff.models import Agent, Wait
from plugins.handoff.owners import own
from plugins.handoff.presence import ASSIGN, ONLINE
from plugins.handoff.settings import HandoffSettings
from plugins.handoff.triage import Triage

SKILL = "skill"  # of the key under which the queue is looked through again
NEVER = datetime.min.replace(tzinfo=UTC)


def choose(
    agents: Sequence[Agent],
    loads: Mapping[str, int],
    settings: HandoffSettings,
    last: str = "",
    skill: str = "",
    *,
    anybody: bool = False,
) -> tuple[Agent, str] | None:
    """The agent, and the policy that chose; ``None`` where nobody is there with a place free.

    ``last`` is who served this customer before. Whoever has the ``skill`` comes first; ``anybody``:
    others will do where none of those is free.
    """
    free = [a for a in agents if a.state == ONLINE and loads.get(a.login, 0) < a.capacity]
    if skill:
        able = [agent for agent in free if skill in agent.skills]
        free = able or (free if anybody else [])
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


async def give_next(effects: Effects, settings: HandoffSettings, triage: Triage) -> int:
    """Give the first that somebody can take; its number, or 0 where that was not possible.

    Who waits for a skill keeps nobody behind from being served; an alarm is set for the moment from
    which anybody will do.
    """
    order = await triage.order(effects)
    agents = await Agent.filter(state=ONLINE) if order and settings.policy != "manual" else []
    loads = {a.login: await load_of(a.login) for a in agents}
    for wait in order if agents else ():
        last = await _last(wait.conversation_id) if settings.last_agent else ""
        until = wait.asked_at + timedelta(minutes=settings.skill_minutes)
        late = effects.clock.now() >= until
        chosen = choose(agents, loads, settings, last, wait.skill, anybody=late)
        if chosen is not None and await _give(effects, wait, *chosen):
            return wait.conversation_id
        if wait.skill and not late:
            effects.at(until, ASSIGN, f"{SKILL}:{wait.conversation_id}")
    return 0


async def _give(effects: Effects, wait: Wait, agent: Agent, policy: str) -> bool:
    queued = Conversation.get_or_none(id=wait.conversation_id, owner="queue")
    conversation = await queued.prefetch_related("contact")
    if conversation is None:
        return False
    why = {"policy": policy, **({"skill": wait.skill} if wait.skill else {})}
    own(effects, conversation, f"agent:{agent.login}", **why)
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
