"""Commands of the till: without a name they stand beside the core's."""

from __future__ import annotations

import typer

from core.cli.office import office, run
from core.cli.problems import Refusal
from core.cli.show import tell
from core.effects import Address
from core.message import ConversationKind

app = typer.Typer()


@app.command("ring")
def ring(place: str) -> None:
    """Send a word to a place on the board."""

    async def work() -> None:
        async with office() as desk:
            effects = desk.effects()
            effects.send(Address("board", place, ConversationKind.GROUP), "cli.yes")
            await desk.commit(effects)

    run(work())
    tell("cli.ledger.replayed", count=1)


@app.command("refuse")
def refuse() -> None:
    """Refuse in words."""
    raise Refusal("cli.trace.unknown", message=7)
