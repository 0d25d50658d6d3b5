"""Reading and writing knowledge files: YAML, CSV, XLSX and JSON lines, all or nothing.

A file with any mistake is refused as a whole, with every mistake named by its line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import yaml

from plugins.faq.entry import Entry
from plugins.faq.tables import from_cells, from_csv, header, to_cells, to_csv
from plugins.imports import (
    BrokenFile,
    Row,
    fault,
    not_an_object,
    not_json,
    read_text,
    validated,
)
from plugins.sheets import read_sheet, write_sheet

SHEET = ".xlsx"
FORMATS = (".yaml", ".yml", ".csv", SHEET, ".jsonl")


def read(path: Path) -> list[Entry]:
    """The entries of a file. Raises :class:`plugins.imports.BrokenFile`, :class:`OSError`."""
    if path.suffix.lower() != SHEET:
        return parse(read_text(path, FORMATS), path.suffix.lower(), path.name)
    problems: list[tuple[int, str]] = []
    rows = ((line, from_cells(cells)) for line, cells in read_sheet(path, header, problems))
    return _checked(rows, problems, path.name)


def parse(text: str, suffix: str, name: str) -> list[Entry]:
    """The entries of a text in the format that ``suffix`` names."""
    problems: list[tuple[int, str]] = []
    readers = {".csv": from_csv, ".jsonl": _json_lines}
    return _checked(readers.get(suffix, _yaml)(text, problems), problems, name)


def _checked(rows: Iterator[Row], problems: list[tuple[int, str]], name: str) -> list[Entry]:
    entries = list(validated(rows, Entry, lambda entry: entry.id, problems))
    if not entries and not problems:
        problems.append((1, fault("no_entries", "no entries in it")))
    if problems:
        raise BrokenFile(problems, name)
    return entries


def _json_lines(text: str, problems: list[tuple[int, str]]) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            problems.append((number, not_json(error)))
            continue
        if isinstance(row, dict):
            yield number, cast("dict[str, Any]", row)
        else:
            problems.append((number, not_an_object()))


def _yaml(text: str, problems: list[tuple[int, str]]) -> Iterator[Row]:
    loader = yaml.CSafeLoader(text) if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        items = _items(root)
        if items is None:
            line = root.start_mark.line + 1 if root else 1
            problems.append((line, fault("items", "expected a list of entries under 'items'")))
            return
        for node in items.value:
            row: Any = loader.construct_document(node)
            line = node.start_mark.line + 1
            if isinstance(row, dict):
                yield line, cast("dict[str, Any]", row)
            else:
                problems.append((line, fault("mapping", "not a mapping")))
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        told = fault("yaml", "not YAML: {error}", error=getattr(error, "problem", error))
        problems.append((mark.line + 1 if mark else 1, told))
    finally:
        loader.dispose()


def _items(root: yaml.Node | None) -> yaml.SequenceNode | None:
    """The list of entries: the document itself, or what stands under ``items``."""
    if isinstance(root, yaml.MappingNode):
        pairs = cast("list[tuple[yaml.Node, yaml.Node]]", root.value)
        root = next((value for key, value in pairs if key.value == "items"), None)
    return root if isinstance(root, yaml.SequenceNode) else None


def save(entries: Sequence[Entry], path: Path) -> None:
    """Write the entries to a file in the format of its ending."""
    if path.suffix.lower() == SHEET:
        write_sheet(path, to_cells(entries))
    else:
        path.write_text(write(entries, path.suffix.lower()), encoding="utf-8")


def write(entries: Sequence[Entry], suffix: str) -> str:
    """The entries as text in the format that ``suffix`` names; :func:`parse` reads it back."""
    rows = [e.model_dump(mode="json", exclude_defaults=True) for e in entries]
    if suffix == ".jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if suffix == ".csv":
        return to_csv(entries)
    return yaml.safe_dump(
        {"version": 1, "items": rows}, allow_unicode=True, sort_keys=False, width=1000
    )
