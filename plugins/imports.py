"""Shared by plugins that import files: all or nothing, every mistake named by its line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from core.settings import Problem, explain

MAX_BYTES = 64 * 1024 * 1024
Row = tuple[int, dict[str, Any]]
Record = TypeVar("Record", bound=BaseModel)


class BrokenFile(ValueError):  # noqa: N818 - the file is broken, not the program
    """The file cannot be used; ``problems`` holds one ``(line, reason)`` for each mistake.

    A reason that is a :class:`~core.settings.Problem` can be told in words (:mod:`core.wrong`).
    """

    def __init__(self, problems: Sequence[tuple[int, str]], name: str) -> None:
        """Keep the problems in the order of their lines."""
        self.problems = sorted(problems)
        super().__init__("\n".join(f"{name}:{line}: {reason}" for line, reason in self.problems))


def fault(kind: str, words: str, **facts: object) -> Problem:
    """A mistake in a file; its sentence is ``imports.<kind>``."""
    return Problem.of("", f"imports.{kind}", words.format(**facts) if facts else words, **facts)


def read_text(path: Path, formats: Sequence[str]) -> str:
    """The text of a file in one of these formats. Raises :class:`BrokenFile`, :class:`OSError`."""
    if path.suffix.lower() not in formats:
        told = fault("format", "unknown format; use one of {formats}", formats=", ".join(formats))
        raise BrokenFile([(1, told)], path.name)
    if path.stat().st_size > MAX_BYTES:
        told = fault("large", "larger than {most} MiB", most=MAX_BYTES // 1024 // 1024)
        raise BrokenFile([(1, told)], path.name)
    try:
        return path.read_text(encoding="utf-8-sig")  # spreadsheets begin with a byte order mark
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise BrokenFile([(line, fault("utf8", "not UTF-8 text"))], path.name) from error


def validated(
    rows: Iterable[Row],
    model: type[Record],
    key: Callable[[Record], str],
    problems: list[tuple[int, str]],
) -> Iterator[Record]:
    """The rows that fit, with what is wrong with the others; no ``key`` twice."""
    seen: dict[str, int] = {}
    for line, row in rows:
        try:
            record = model.model_validate(row)
        except ValidationError as error:
            found = explain(error, model)  # told without what was given: it may be personal
            problems += [(line, Problem.of(p.name, p.kind, p.words, **p.facts)) for p in found]
            continue
        name = key(record)
        if name in seen:
            words = "{name} is already in line {line}"
            problems.append((line, fault("twice", words, name=name, line=seen[name])))
        seen.setdefault(name, line)
        yield record


def csv_rows(
    text: str,
    columns: Iterable[str],
    problems: list[tuple[int, str]],
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV with the line each begins in; empty cells are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header: list[str] = next(reader, list[str]())
        if unknown := sorted(set(header) - set(columns)):
            problems.append((1, unknown_columns(unknown, columns)))
            return
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(header):
                yield line, {k: v for k, v in zip(header, cells, strict=True) if v.strip()}
            elif cells:
                words = "{cells} cells, but {columns} columns"
                problems.append(
                    (line, fault("cells", words, cells=len(cells), columns=len(header)))
                )
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append((reader.line_num, fault("csv", "not CSV: {error}", error=error)))


def unknown_columns(unknown: Iterable[str], known: Iterable[str]) -> Problem:
    """A table has columns that nobody reads."""
    words = "unknown columns: {unknown}; known are: {known}"
    return fault("columns", words, unknown=", ".join(unknown), known=", ".join(known))


def not_json(error: json.JSONDecodeError) -> Problem:
    """A line, or a file, cannot be read as JSON."""
    return fault("json", "not JSON: {error} at column {at}", error=error.msg, at=error.colno)


def not_an_object() -> Problem:
    """A line is JSON, but no object."""
    return fault("object", "not a JSON object")
