"""Triage: whether a person is needed, how soon, and who (S-033, S-034)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from core.effects import Effects
from core.store.models import Conversation, Message
from core.texts import Texts
from core.turn import Turn
from core.understand import Understanding
from plugins.handoff import rules
from plugins.handoff.models import Wait
from plugins.handoff.queue import turn_of, waiting
from plugins.handoff.rules import About, Seen, Trigger
from plugins.handoff.settings import HandoffSettings

SEVERITY = "severity"  # the mark of whoever reads feelings: 0.34 mild, 0.67 clear, 1 severe
LAST_WORDS = 8  # messages looked at for what somebody wants
TierOf = Callable[[int], Awaitable[int]]
Greet = Callable[[Effects, Conversation], Awaitable[None]]


async def unknown(_contact: int) -> int:
    """Nobody keeps the value of customers."""
    return 0


async def silent(_effects: Effects, _conversation: Conversation) -> None:
    """Nobody has anything to say where a person is called."""


class Triage:
    """The rules at work.

    The desk sets ``tier_of``, how valuable a contact is, 0 to 3, and ``greet``, what a customer is
    told where a person is called.
    """

    def __init__(self, settings: HandoffSettings) -> None:
        """Settings are read at each use: they may change."""
        self._settings = settings
        self.tier_of: TierOf = unknown
        self.greet: Greet = silent

    async def fired(self, turn: Turn, misses: int = 0) -> Trigger | None:
        """The trigger that this message sets off; ``misses``: it is one, the so-and-so-many-th."""
        triggers = self._settings.triggers
        valued = any(trigger.value for trigger in triggers)
        heard = turn.understanding
        seen = Seen(
            text=heard.plain.lower(),
            intents=heard.intents,
            channel=turn.conversation.channel,
            emotion=feelings(heard),
            misses=misses,
            tier=await self.tier_of(turn.contact.id) if valued else 0,
        )
        return rules.fired(triggers, seen)

    async def order(self, effects: Effects) -> list[Wait]:
        """Who waits, the next one first; those who came just now are weighed."""
        rows = await waiting()
        fresh = [row for row in rows if not row.weighed]
        for row in fresh:
            await self._weigh(row)
            effects.write(partial(_keep, row))
        return sorted(rows, key=turn_of) if fresh else rows

    async def _weigh(self, wait: Wait) -> None:
        settings = self._settings
        conversation = await Conversation.get_or_none(id=wait.conversation_id)
        contact = conversation.contact_id if conversation else None
        wait.tier = await self.tier_of(contact) if contact is not None else 0
        channel = conversation.channel if conversation else ""
        about = About(wait.reason, wait.topic, channel, await _said(wait.conversation_id))
        wait.skill = rules.skill(settings.skills, about)
        wait.points = sum(weights(wait, settings).values())
        wait.weighed = True


def weights(wait: Wait, settings: HandoffSettings) -> dict[str, int]:
    """Minutes in advance by what gives them."""
    return {
        "reason": rules.points(settings.triggers, wait.reason),
        "emotion": wait.emotion * settings.emotion_points,
        "value": wait.tier * settings.value_points,
    }


def feelings(heard: Understanding) -> int:
    """How upset a message is, 0 to 3."""
    return round(3 * heard.marks.get(SEVERITY, 0.0))


def in_words(texts: Texts, locale: str, reason: str) -> str:
    """A reason as staff read it: ours in their language, the shop's own as it is written."""
    key = f"handoff.reason_{reason}"
    return texts.render(key, locale) if texts.has(key) else reason


async def _said(conversation: int) -> str:
    rows = Message.filter(conversation_id=conversation, direction="in").order_by("-id")
    return "\n".join([row.text.lower() for row in await rows.limit(LAST_WORDS)])


async def _keep(wait: Wait) -> None:
    known = {"points": wait.points, "tier": wait.tier, "skill": wait.skill, "weighed": True}
    await Wait.filter(id=wait.id, emotion=wait.emotion).update(**known)
