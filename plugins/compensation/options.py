"""What commands that give something to people have in common."""

from __future__ import annotations

import getpass
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from core.cli.problems import Refusal
from core.cli.tongue import say
from plugins.compensation.policy import Person
from plugins.compensation.settings import fen

ROLES = frozenset({"admin"})
Yuan = Annotated[str, typer.Option("--yuan", help=say("compensation.cli_yuan"))]
Reason = Annotated[str, typer.Option("--reason", help=say("compensation.cli_reason"))]
Priority = Annotated[bool, typer.Option("--priority", help=say("compensation.cli_priority"))]


def typist(name: str) -> Person:
    """Who types: by name, or by their account on this machine. Whoever has it is an admin."""
    return Person(name or getpass.getuser(), ROLES)


def amount(yuan: str) -> int:
    """Fen of an amount as it was typed; raises :class:`Refusal`."""
    try:
        value = Decimal(yuan)
    except InvalidOperation:
        raise Refusal("compensation.cli_no_amount", given=yuan) from None
    if not value.is_finite() or value < 0 or value != round(value, 2):
        raise Refusal("compensation.cli_no_amount", given=yuan)
    return fen(value)
