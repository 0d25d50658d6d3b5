"""``xiaoer callbacks``: who wants a call, and who got one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from core.cli.office import office, run
from core.cli.problems import Refusal
from core.cli.show import Json, listing, tell
from core.cli.tongue import say

from .models import Callback
from .plugin import REMIND

app = typer.Typer(name="callbacks", no_args_is_help=True, help=say("callback.cli_help"))
COLUMNS = {name: f"callback.cli_{name}" for name in ("id", "name", "phone", "asked_at")}


@app.command("list", help=say("callback.cli_list"))
def list_(*, as_json: Json = False) -> None:
    """Those who wait, longest first."""
    listing(run(_waiting()), COLUMNS, as_json=as_json, empty="callback.cli_none")


@app.command("done", help=say("callback.cli_done"))
def done(number: Annotated[int, typer.Argument(help=say("callback.cli_id"))]) -> None:
    """Somebody called: the clock stops."""
    run(_called(number))
    tell("callback.cli_called", id=number)


async def _waiting() -> list[dict[str, Any]]:
    async with office():
        rows = await Callback.filter(called_at=None).order_by("id")
        return [{name: getattr(row, name) for name in COLUMNS} for row in rows]


async def _called(number: int) -> None:
    async with office() as desk:
        row = await Callback.get_or_none(id=number, called_at=None)
        if row is None:
            raise Refusal("callback.cli_unknown", id=number)
        row.called_at = desk.clock.now()
        effects = desk.effects()
        effects.save(row)
        effects.cancel(REMIND, str(row.cause))
        effects.emit("callback.called", cause=row.cause)
        await desk.commit(effects)
