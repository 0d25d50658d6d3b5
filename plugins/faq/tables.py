r"""Entries as rows of cells, as CSV files and spreadsheets have them.

Lists stand in one cell with ``|`` between them (``\|`` is a bar inside an item), cards as
``address title``; another answer has a column of its own that says who hears it: ``answer:en``,
``answer:live``. Wordings are customers': a CSV cell that an office program might run as a formula
has a ``'`` before it, full-width signs to be safe (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from plugins.faq.entry import Entry
from plugins.imports import Row, csv_rows

LISTS = ("similar", "keywords", "pictures", "products", "tests", "cards")
PLAIN = tuple(name for name in Entry.model_fields if name != "answers")
SEPARATOR, ANSWER = "|", "answer:"
ITEM = re.compile(r"(?:\\[\\|]|[^|])+")  # of a list: up to a bar that no backslash stands before
ESCAPED = re.compile(r"\\([\\|])")
FORMULA = re.compile(r"'*[=+\-@\uff1d\uff0b\uff0d\uff20]")
GUARD = "'"
Cells = dict[str, str]


def header(names: Iterable[str]) -> list[str]:
    """The columns that a header with these names may have."""
    return [*PLAIN, *(name for name in names if name.startswith(ANSWER))]


def from_csv(text: str, problems: list[tuple[int, str]]) -> Iterator[Row]:
    """The rows of a CSV with their lines."""
    first = next(csv.reader(io.StringIO(text, newline="")), list[str]())
    for line, cells in csv_rows(text, header(first), problems):
        yield line, from_cells({name: _unguarded(cell) for name, cell in cells.items()})


def from_cells(cells: Cells) -> dict[str, Any]:
    """A row as data."""
    row: dict[str, Any] = {k: v for k, v in cells.items() if not k.startswith(ANSWER)}
    answers = {k.removeprefix(ANSWER): v for k, v in cells.items() if k.startswith(ANSWER)}
    if answers:
        row["answers"] = answers
    for name in LISTS:
        if name in row:
            items = (item.strip() for item in ITEM.findall(cells[name]))
            row[name] = [ESCAPED.sub(r"\1", item) for item in items if item]
    if "cards" in row:
        row["cards"] = [dict(zip(("url", "title"), c.split(maxsplit=1))) for c in row["cards"]]  # noqa: B905 - a title that is missing is told by its name
    return row


def to_cells(entries: Sequence[Entry]) -> list[list[str]]:
    """The header, then a row for each entry."""
    listeners = sorted({listener for entry in entries for listener in entry.answers})
    rows = [[*PLAIN, *(f"{ANSWER}{listener}" for listener in listeners)]]
    for entry in entries:
        data = entry.model_dump(mode="json")
        data["cards"] = [f"{card.url} {card.title}" for card in entry.cards]
        data |= {name: SEPARATOR.join(map(_escaped, data[name])) for name in LISTS}
        found = [*(data[name] for name in PLAIN), *(entry.answers.get(w, "") for w in listeners)]
        rows.append(["" if value is None else str(value) for value in found])
    return rows


def to_csv(entries: Sequence[Entry]) -> str:
    """The entries as CSV."""
    out = io.StringIO()
    rows = ([_guarded(cell) for cell in row] for row in to_cells(entries))
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _escaped(item: str) -> str:
    return item.replace("\\", "\\\\").replace(SEPARATOR, f"\\{SEPARATOR}")


def _guarded(cell: str) -> str:
    return f"{GUARD}{cell}" if FORMULA.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith(GUARD) and FORMULA.match(cell) else cell
