"""How commands show things: tables for people, one JSON object a line for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, cast

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from core.cli.tongue import say

Json = Annotated[bool, typer.Option("--json", help=say("cli.option.json"))]
"""The option every listing has: ``def list_(as_json: Json = False)``."""


def console() -> Console:
    """Standard output as it is now; plain text without colours when it is no terminal."""
    return Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())


def tell(key: str, /, **values: object) -> None:
    """Print a sentence."""
    console().print(say(key, **values), markup=False)


def report(key: str, /, **values: object) -> None:
    """Print to standard error how far long work is."""
    Console(file=sys.stderr, highlight=False, soft_wrap=True).print(say(key, **values), style="dim")


def complain(text: str) -> None:
    """Print a refusal to standard error."""
    Console(file=sys.stderr, highlight=False, soft_wrap=True).print(Text(text, style="red"))


def listing(
    rows: Iterable[Mapping[str, object]],
    columns: Mapping[str, str],
    *,
    as_json: bool,
    empty: str,
) -> None:
    """Print rows: as JSON all their fields, as a table ``columns`` (field: key of its heading).

    ``empty`` is the key of the sentence that says why there is nothing and what to do.
    """
    found = list(rows)
    if as_json:
        for row in found:
            json_line(row)
    elif found:
        console().print(_table(found, columns))
    else:
        tell(empty)


def headings(*fields: str) -> dict[str, str]:
    """Columns for :func:`listing` whose headings are the core's own words."""
    return {field: f"cli.column.{field}" for field in fields}


def json_line(row: Mapping[str, object]) -> None:
    """Print one JSON object as one line; times in ISO 8601."""
    sys.stdout.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")


def cell(value: Any) -> str:  # noqa: ANN401 - whatever a row holds
    """A value as a person reads it in a table; times in the machine's own zone."""
    match value:
        case None:
            return ""
        case datetime():
            return f"{value.astimezone():%m-%d %H:%M:%S}"
        case list() | tuple() | set() | frozenset():
            return ", ".join(map(cell, cast("Iterable[Any]", value)))
        case bool():
            return say("cli.yes") if value else say("cli.no")
        case _:
            return str(value)


def _table(rows: list[Mapping[str, object]], columns: Mapping[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in columns.values():
        table.add_column(say(heading), overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell(row.get(field))) for field in columns))
    return table


def _plain(value: Any) -> Any:  # noqa: ANN401 - json's own contract
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case set() | frozenset():
            return sorted(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - any item
        case _:
            return str(value)
