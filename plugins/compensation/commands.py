"""``xiaoer compensation``: what waits for a second pair of eyes, yes and no, and vouchers.

Whoever has the shop's terminal acts with the role ``admin``; four eyes hold here too, by name.
"""

from __future__ import annotations

import getpass
from functools import partial
from typing import Annotated, Any

import typer

from core.cli.office import Desk, office, run
from core.cli.problems import Refusal
from core.cli.show import Json, listing, tell
from core.cli.tongue import say
from core.store.models import Contact
from core.texts import Money
from plugins.compensation import decisions
from plugins.compensation.models import Grant, Proposal, Stage
from plugins.compensation.policy import Denied, Person, typist
from plugins.compensation.settings import CompensationSettings
from plugins.giving import Priority, Reason, Yuan, amount

app = typer.Typer(
    name="compensation", help=say("compensation.cli_help"), invoke_without_command=True
)
COLUMNS = ("number", "state", "cause", "people", "each", "total", "proposed_by", "reason")
Number = Annotated[str, typer.Argument(help=say("compensation.cli_number"))]
By = Annotated[str, typer.Option("--by", help=say("compensation.cli_by"))]
All = Annotated[bool, typer.Option("--all", help=say("compensation.cli_all"))]


@app.callback()
def default(context: typer.Context, *, as_json: Json = False) -> None:
    """Without a command: what waits."""
    if context.invoked_subcommand is None:
        _list(everything=False, as_json=as_json)


@app.command("list", help=say("compensation.cli_list_help"))
def list_(*, everything: All = False, as_json: Json = False) -> None:
    """What waits for approval, the oldest first."""
    _list(everything=everything, as_json=as_json)


@app.command("propose", help=say("compensation.cli_propose_help"))
def propose(
    cause: Annotated[str, typer.Argument(help=say("compensation.cli_cause"))],
    contact: Annotated[list[int], typer.Option("--contact", help=say("compensation.cli_contact"))],
    yuan: Yuan = "0",
    reason: Reason = "",
    *,
    priority: Priority = False,
    by: By = "",
) -> None:
    """Give some people something because of one cause."""
    wish = decisions.Wish(cause, contact, amount(yuan), reason, priority)
    proposal = run(_act(partial(_propose, wish=wish, by=typist(by))))
    tell(f"compensation.cli_now_{proposal.state}", number=proposal.number)


@app.command("approve", help=say("compensation.cli_approve_help"))
def approve(number: Number, *, by: By = "") -> None:
    """A second person says yes."""
    proposal = run(_act(partial(_approve, number=number, by=typist(by))))
    tell(f"compensation.cli_now_{proposal.state}", number=proposal.number)


@app.command("refuse", help=say("compensation.cli_refuse_help"))
def refuse(
    number: Number,
    why: Annotated[str, typer.Option("--why", help=say("compensation.cli_why"))] = "",
    *,
    by: By = "",
) -> None:
    """It shall not be."""
    proposal = run(_act(partial(_refuse, number=number, by=typist(by), why=why)))
    tell(f"compensation.cli_now_{proposal.state}", number=proposal.number)


@app.command("use", help=say("compensation.cli_use_help"))
def use(code: Annotated[str, typer.Argument(help=say("compensation.cli_code"))]) -> None:
    """Take a voucher in: it counts once."""

    async def work() -> Grant:
        async with office() as desk:
            return await use_voucher(desk, code, getpass.getuser())

    tell("compensation.cli_used", amount=Money.fen(run(work()).fen))


async def use_voucher(desk: Desk, code: str, by: str) -> Grant:
    """Mark a voucher as used; raises :class:`Refusal` for one that is none, over, or used."""
    grant = await Grant.get_or_none(code=code.strip().upper())
    now = desk.clock.now()
    if grant is None or not grant.fen:
        raise Refusal("compensation.cli_no_voucher", code=code)
    if grant.used_at is not None:
        raise Refusal("compensation.cli_used_before", at=grant.used_at)
    if grant.until <= now:
        raise Refusal("compensation.cli_over", until=grant.until)

    async def mark() -> None:
        if not await Grant.filter(id=grant.id, used_at=None).update(used_at=now, used_by=by):
            raise Refusal("compensation.cli_used_before", at=now)

    effects = desk.effects()
    effects.write(mark)
    effects.emit("compensation.used", proposal=grant.proposal, fen=grant.fen)
    await desk.commit(effects)
    return grant


def facts(proposal: Proposal) -> dict[str, Any]:
    """A proposal as plain data."""
    names = (*("number", "cause", "fen", "priority", "reason", "why"), "proposed_by", "settled_by")
    return {
        **{name: getattr(proposal, name) for name in names},
        "state": str(proposal.state),
        "people": len(proposal.people),
        "total": proposal.total,
        "proposed_at": proposal.proposed_at,
        "settled_at": proposal.settled_at,
    }


def _shown(proposal: Proposal, desk: Desk) -> dict[str, Any]:
    row = facts(proposal)
    money = {"each": f"{proposal.fen / 100:.2f}", "total": f"{proposal.total / 100:.2f}"}
    if proposal.priority:
        money["each"] += f" + {say('compensation.cli_first')}"
    return {**row, **money, "state": say(f"compensation.state_{proposal.state}")}


async def _propose(desk: Desk, wish: decisions.Wish, by: Person) -> Proposal:
    settings, effects = desk.settings(CompensationSettings), desk.effects()
    known = {row.id for row in await Contact.filter(id__in=list(wish.people)).only("id")}
    if unknown := [one for one in wish.people if one not in known]:
        raise Refusal("compensation.cli_no_contact", contact=unknown[0])
    proposal = await decisions.propose(effects, wish, by, settings)
    await desk.commit(effects)
    return proposal


async def _approve(desk: Desk, number: str, by: Person) -> Proposal:
    settings, effects = desk.settings(CompensationSettings), desk.effects()
    proposal = await decisions.approve(effects, number, by, settings)
    await desk.commit(effects)
    return proposal


async def _refuse(desk: Desk, number: str, by: Person, why: str) -> Proposal:
    settings, effects = desk.settings(CompensationSettings), desk.effects()
    proposal = await decisions.refuse(effects, number, by, why, settings)
    await desk.commit(effects)
    return proposal


async def _act(work: Any) -> Proposal:  # noqa: ANN401 - one of the three above, bound
    async with office() as desk:
        try:
            return await work(desk)
        except Denied as denied:
            raise Refusal(f"compensation.denied_{denied.code}", **denied.values) from None


def _list(*, everything: bool, as_json: bool) -> None:
    async def work() -> list[dict[str, Any]]:
        async with office() as desk:
            wanted = Proposal.all() if everything else Proposal.filter(state=Stage.PROPOSED)
            rows = await wanted.order_by("id")
            return [facts(row) if as_json else _shown(row, desk) for row in rows]

    columns = {name: f"compensation.cli_{name}" for name in COLUMNS}
    listing(run(work()), columns, as_json=as_json, empty="compensation.cli_none")
