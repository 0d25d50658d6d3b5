"""The smallest shop: says everything again."""

from core.plugin import Plugin
from core.turn import Turn

plugin = Plugin("echo")


@plugin.on(always=True)
async def echo(turn: Turn) -> None:
    turn.say(f"echo: {turn.message.text}")
