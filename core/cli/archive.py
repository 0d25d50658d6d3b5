"""``xiaoer archive``: moves what is old from the ledger into compressed files."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli.office import office, run
from core.cli.problems import Refusal
from core.cli.show import tell
from core.cli.tongue import say


def command(
    days: Annotated[int | None, typer.Option(min=1, help=say("cli.archive.days"))] = None,
) -> None:
    """Move what is older than so many days into ``data/archive``; also while the shop runs."""
    moved, folder = run(_sweep(days))
    if any(moved.values()):
        tell("cli.archive.moved", **moved, folder=folder)
    else:
        tell("cli.archive.nothing")


async def _sweep(days: int | None) -> tuple[dict[str, int], str]:
    async with office() as desk:
        kept = days or desk.app.settings.retention.days
        if not kept:
            raise Refusal("cli.archive.for_ever")
        return await desk.app.archive.sweep(kept), str(desk.app.settings.data / "archive")
