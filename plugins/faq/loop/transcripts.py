"""Chats from elsewhere as material for the knowledge: who said what, line by line (S-046).

CSV or JSON lines with ``conversation``, ``role`` (``customer``, ``agent``, ``bot``), ``text`` and,
if there is one, ``at`` (ISO 8601). A customer's question and what a person replied make a pair.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, StringConstraints

from core.masking import mask
from plugins.faq.loop.harvest import LONGEST, is_question
from plugins.faq.models import LifeQuestion
from plugins.imports import (
    BrokenFile,
    Row,
    csv_rows,
    fault,
    not_an_object,
    not_json,
    read_text,
    validated,
)

FORMATS = (".csv", ".jsonl")


class Said(BaseModel):
    """One line of a chat."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    conversation: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    role: Literal["customer", "agent", "bot"]
    text: Annotated[str, StringConstraints(max_length=10_000)]
    at: datetime | None = None


def read_transcripts(path: Path) -> list[Said]:
    """The lines of a file in their order. Raises :class:`BrokenFile`, :class:`OSError`."""
    text, problems = read_text(path, FORMATS), list[tuple[int, str]]()
    csv = path.suffix.lower() == ".csv"
    rows = csv_rows(text, Said.model_fields, problems) if csv else _json_lines(text, problems)
    numbers = iter(range(1 << 62))
    said = list(validated(rows, Said, lambda _: str(next(numbers)), problems))
    if not said and not problems:
        problems.append((1, fault("nobody", "nobody says anything in it")))
    if problems:
        raise BrokenFile(problems, path.name)
    return said


def _json_lines(text: str, problems: list[tuple[int, str]]) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = cast("object", json.loads(line))
        except json.JSONDecodeError as error:
            problems.append((number, not_json(error)))
            continue
        if isinstance(row, dict):
            yield number, cast("dict[str, object]", row)
        else:
            problems.append((number, not_an_object()))


def pairs(said: Sequence[Said], now: datetime) -> list[LifeQuestion]:
    """What customers asked and people answered; the rows are not saved."""
    open_: dict[str, LifeQuestion] = {}
    found: dict[str, LifeQuestion] = {}
    for line in said:
        if line.role == "customer" and is_question(line.text):
            open_[line.conversation] = _row(line, now)
        elif line.role == "agent" and (row := open_.get(line.conversation)):
            row.answer = "\n".join(filter(None, (row.answer, mask(line.text))))
            found[row.key] = row
    return list(found.values())


def _row(line: Said, now: datetime) -> LifeQuestion:
    at = line.at or now
    origin = f"{line.conversation}\0{line.at}\0{line.text}".encode()
    return LifeQuestion(
        key=f"t{hashlib.blake2b(origin, digest_size=16).hexdigest()}",
        source="transcript",
        text=mask(line.text)[:LONGEST],
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
    )
