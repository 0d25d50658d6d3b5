"""``xiaoer understand``: how well the shop understands what customers write."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer

from core.cli.office import office, run
from core.cli.problems import Refusal
from core.cli.show import Json, console, json_line
from core.cli.tongue import say
from core.understand.measure import Graded, Marked, entities, messages

Row = TypeVar("Row", Graded, Marked)
app = typer.Typer(name="understand", help=say("cli.understand.help"), no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep ``eval`` a command of its own name."""


@app.command("eval", help=say("cli.understand.eval_help"))
def evaluate(
    graded: Annotated[
        Path | None, typer.Option("--messages", help=say("cli.understand.messages"))
    ] = None,
    marked: Annotated[
        Path | None, typer.Option("--entities", help=say("cli.understand.entities"))
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Measure the enabled plugins' recognisers on lines that people graded."""
    if graded is None and marked is None:
        raise Refusal("cli.understand.nothing")
    result = run(_measure(graded, marked))
    if as_json:
        json_line(result)
        return
    for name, value in result.items():
        shown = value if not isinstance(value, dict) else msgspec.json.encode(value).decode()
        console().print(f"{name}: {shown}", markup=False)


async def _measure(graded: Path | None, marked: Path | None) -> dict[str, object]:
    result: dict[str, object] = {}
    grades = _lines(graded, Graded) if graded else []
    marks = _lines(marked, Marked) if marked else []
    async with office() as desk:
        read = desk.app.worker.reader.read
        if graded:
            result |= messages(grades, read)
        if marked:
            result |= entities(marks, read)
    return result


def _lines(path: Path, model: type[Row]) -> list[Row]:
    """The file's rows; raises :class:`Refusal` for a line that cannot be used."""
    rows: list[Row] = []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("cli.understand.unreadable", file=path, error=error) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            rows.append(msgspec.json.decode(line, type=model))
        except msgspec.DecodeError as error:
            problem = "cli.understand.bad_line"
            raise Refusal(problem, file=path, line=number, error=error) from error
    return rows
