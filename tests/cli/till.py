"""A small plugin for these tests: a till that can break, until there is a file ``mended``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from core.effects import Address, Post
from core.message import ConversationKind
from core.parts import Text
from core.plugin import Plugin
from core.turn import Turn

plugin = Plugin("till", cli="tests.cli.till_commands:app")
MENDED = Path("mended")
STAFF = Address("board", "staff", ConversationKind.GROUP)


@plugin.on(keywords=["cost"])
async def price(turn: Turn) -> None:
    """Answer, tell the staff, set a clock: one of everything that may follow."""
    turn.note(score=0.5)
    turn.say("Nine yuan.")
    turn.post(Post((Text("somebody asked"),), to=STAFF))
    turn.post(Post((Text("count the drawer"),), to=STAFF, key=f"count:{turn.message.id}"))
    turn.at(timedelta(days=1), "till.remind", "price")
    turn.emit("till.asked")


@plugin.on(keywords=["cost", "money"], kinds=ConversationKind.DIRECT, owners="agent")
async def whisper(turn: Turn) -> None:
    """Never admitted beside the bot."""


@plugin.on(keywords=["break"])
async def jam(turn: Turn) -> None:
    """Fail as long as nobody has mended the till."""
    if not MENDED.exists():  # noqa: ASYNC240 - one look at a local folder
        raise RuntimeError("the drawer is stuck")
    turn.say("Mended.")
