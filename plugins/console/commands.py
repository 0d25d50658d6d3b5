"""``xiaoer desk user``: accounts of staff, the first of which nobody could make at the page."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer

from core.cli.office import office, run
from core.cli.problems import Refusal
from core.cli.show import Json, listing, tell
from core.cli.tongue import say
from plugins.console import staff
from plugins.console.folder import Folder
from plugins.console.models import Staff
from plugins.console.passwords import fresh, hashed
from plugins.console.problems import Problem
from plugins.console.roles import StaffRole
from plugins.console.settings import ConsoleSettings
from plugins.console.sla.terms import adopt, terms_of

app = typer.Typer(name="desk", no_args_is_help=True, help=say("console.cli_help"))
user = typer.Typer(no_args_is_help=True)
app.add_typer(user, name="user", help=say("console.cli_user_help"))
COLUMNS = ("login", "name", "roles", "active", "totp")
Login = Annotated[str, typer.Argument(help=say("console.cli_login"))]
Roles = Annotated[list[StaffRole], typer.Option("--role", help=say("console.cli_roles_help"))]


@user.command("add", help=say("console.cli_add_help"))
def add(
    login: Login,
    role: Roles,
    name: Annotated[str, typer.Option(help=say("console.cli_name"))] = "",
) -> None:
    """A new account; its password is shown this once."""

    async def work() -> str:
        async with office() as desk:
            effects = desk.effects()
            capacity = desk.settings(ConsoleSettings).capacity
            new = staff.NewStaff(login, name, role, capacity)
            try:
                _row, password = await staff.add(effects, new, by_hand())
                await desk.commit(effects)
            except Problem as problem:
                raise Refusal(f"console.cli_{problem.code}", login=login) from None
            return password

    tell("console.cli_added", login=login, password=run(work()))


@user.command("list", help=say("console.cli_list_help"))
def list_(*, as_json: Json = False) -> None:
    """All accounts."""

    async def work() -> list[dict[str, Any]]:
        async with office():
            return [_row(row, plain=as_json) for row in await Staff.all().order_by("login")]

    columns = {name: f"console.cli_{name}" for name in COLUMNS}
    listing(run(work()), columns, as_json=as_json, empty="console.cli_nobody")


@user.command("role", help=say("console.cli_role_help"))
def role(login: Login, role: Roles) -> None:
    """Other roles, in place of those there are; signs the person out."""
    _change(login, {"roles": [str(each) for each in role]})
    tell("console.cli_changed", login=login)


@user.command("disable", help=say("console.cli_disable_help"))
def disable(login: Login) -> None:
    """The person can sign in no more."""
    _change(login, {"active": False})
    tell("console.cli_disabled", login=login)


@user.command("password", help=say("console.cli_password_help"))
def password(login: Login) -> None:
    """A new password, shown this once; also takes the one-time codes off and opens the account."""
    word = fresh()
    _change(login, {"active": True, "totp": "", "wrong": 0}, word)
    tell("console.cli_added", login=login, password=word)


@app.command("rebuild", help=say("console.cli_rebuild_help"))
def rebuild() -> None:
    """Make lists and numbers again from the ledger and the journal, also beside a running shop."""

    async def work() -> None:
        async with office() as desk:
            policy = desk.settings(ConsoleSettings).promises(desk.texts.zone)
            await Folder(desk.app.writer, desk.clock, policy).rebuild()

    run(work())
    tell("console.cli_rebuilt")


@app.command("sla", help=say("console.cli_sla_help"))
def sla() -> None:
    """What ``[plugins.console.sla]`` promises now holds from now on, also in a running shop."""

    async def work() -> dict[str, int] | None:
        async with office() as desk:
            effects = desk.effects()
            terms = terms_of(desk.settings(ConsoleSettings).sla, desk.texts.zone)
            moved = await adopt(effects, terms, by_hand())
            if effects.writes:
                await desk.commit(effects)
            return moved

    moved = run(work())
    if moved is None:
        tell("console.cli_sla_same")
    else:
        tell("console.cli_sla_changed", **moved)


def _change(login: str, changes: dict[str, Any], word: str = "") -> None:
    async def work() -> None:
        async with office() as desk:
            effects = desk.effects()
            if word:
                changes["password"] = await hashed(word)
            try:
                await staff.change(effects, login, changes, by_hand())
                await desk.commit(effects)
            except Problem as problem:
                raise Refusal(f"console.cli_{problem.code}", login=login) from None

    run(work())


def by_hand() -> str:
    """Who stands in the audit log for a command: the account of the machine."""
    return f"cli:{getpass.getuser()}"[:40]


def _row(row: Staff, *, plain: bool) -> dict[str, Any]:
    if plain:
        return {name: getattr(row, name) for name in COLUMNS if name != "totp"} | {
            "totp": bool(row.totp)
        }
    yes, no = say("console.cli_yes"), say("console.cli_no")
    return {
        "login": row.login,
        "name": row.name,
        "roles": ", ".join(say(f"console.role.{name}") for name in row.roles),
        "active": yes if row.active else no,
        "totp": yes if row.totp else no,
    }
