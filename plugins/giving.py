"""Shared by commands that give people something: their options, and yuan as they are typed."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from core.cli.problems import Refusal
from core.cli.tongue import say

Yuan = Annotated[str, typer.Option("--yuan", help=say("compensation.cli_yuan"))]
Reason = Annotated[str, typer.Option("--reason", help=say("compensation.cli_reason"))]
Priority = Annotated[bool, typer.Option("--priority", help=say("compensation.cli_priority"))]


def amount(yuan: str) -> int:
    """Fen of an amount as it was typed; raises :class:`Refusal`."""
    try:
        value = Decimal(yuan)
    except InvalidOperation:
        raise Refusal("compensation.cli_no_amount", given=yuan) from None
    if not value.is_finite() or value < 0 or value != round(value, 2):
        raise Refusal("compensation.cli_no_amount", given=yuan)
    return int(value * 100)
