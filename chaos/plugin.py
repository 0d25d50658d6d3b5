"""What the shop does with every message: things that must happen once.

A row, a journal entry, a count in the conversation's memory, one or two numbered answers, and for
some messages a deadline that does it all again a second later.
"""

from __future__ import annotations

from datetime import timedelta

from chaos.models import HEARD, LATER, Effect
from core.due import Due
from core.effects import Address, Post
from core.parts import Text
from core.plugin import Plugin
from core.turn import Turn

TWICE, LATE = 5, 7  # every so-manyeth message gets two answers, or one more from a deadline
PAUSE = timedelta(seconds=1)
EVENT = "chaos.heard"

plugin = Plugin("chaos", models="chaos.models")


@plugin.on(always=True)
async def hear(turn: Turn) -> None:
    """Answer ``<key> <count> <part>``: the message, how many were heard before it, which part."""
    key, channel = turn.message.key, turn.message.channel
    who, number = key.rsplit(":", 1)
    turn.memory["heard"] = turn.memory.get("heard", 0) + 1
    turn.save(Effect(channel=channel, key=key, kind=HEARD))
    turn.emit(EVENT, key=key)
    for part in range(answers(int(number))):
        turn.say(f"{key} {turn.memory['heard']} {part}")
    if is_late(int(number)):
        turn.at(PAUSE, "chaos.later", f"{channel}/{key}", channel=channel, who=who, said=key)


@plugin.due()
async def later(due: Due) -> None:
    """Answer once more, when the time has come."""
    channel, who, key = (str(due.data[name]) for name in ("channel", "who", "said"))
    due.save(Effect(channel=channel, key=key, kind=LATER))
    due.post(Post((Text(f"{key} {LATER}"),), Address(channel, who), key=f"{LATER}:{key}"))


def answers(number: int) -> int:
    """How many answers the message of that number gets at once."""
    return 1 if number % TWICE else 2


def is_late(number: int) -> bool:
    """Whether a deadline answers that message too."""
    return not number % LATE
