"""Shared by plugins that import files: all or nothing, every mistake named by its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

MAX_BYTES = 64 * 1024 * 1024
Row = tuple[int, dict[str, Any]]
Record = TypeVar("Record", bound=BaseModel)


class BrokenFile(ValueError):  # noqa: N818 - the file is broken, not the program
    """The file cannot be used; ``problems`` holds one ``(line, reason)`` for each mistake."""

    def __init__(self, problems: Sequence[tuple[int, str]], name: str) -> None:
        """Keep the problems in the order of their lines."""
        self.problems = sorted(problems)
        super().__init__("\n".join(f"{name}:{line}: {reason}" for line, reason in self.problems))


def read_text(path: Path, formats: Sequence[str]) -> str:
    """The text of a file in one of these formats. Raises :class:`BrokenFile`, :class:`OSError`."""
    if path.suffix.lower() not in formats:
        raise BrokenFile([(1, f"unknown format; use one of {', '.join(formats)}")], path.name)
    if path.stat().st_size > MAX_BYTES:
        raise BrokenFile([(1, f"larger than {MAX_BYTES // 1024 // 1024} MiB")], path.name)
    try:
        return path.read_text(encoding="utf-8-sig")  # spreadsheets begin with a byte order mark
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise BrokenFile([(line, "not UTF-8 text")], path.name) from error


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
            for problem in error.errors(include_url=False, include_input=False):
                where = ".".join(map(str, problem["loc"]))
                problems.append((line, f"{where}: {problem['msg']}"))
            continue
        name = key(record)
        if name in seen:
            problems.append((line, f"{name} is already in line {seen[name]}"))
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
            known = ", ".join(columns)
            problems.append((1, f"unknown columns: {', '.join(unknown)}; known are: {known}"))
            return
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(header):
                yield line, {k: v for k, v in zip(header, cells, strict=True) if v.strip()}
            elif cells:
                problems.append((line, f"{len(cells)} cells, but {len(header)} columns"))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append((reader.line_num, str(error)))
