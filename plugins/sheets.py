"""Shared by plugins that import or export spreadsheets: the first sheet of an XLSX file as text.

The format is ECMA-376 part 1 (SpreadsheetML): a ZIP of XML files. Read are texts, numbers and
days; formulas by the value they had when the file was saved. Formats and further sheets are not.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import escape

import xmltodict

from plugins.imports import MAX_BYTES, BrokenFile, fault, unknown_columns

SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets
DAYS = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})  # built-in formats of days
MANY = ("row", "c", "si", "r", "xf", "numFmt")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
FILES = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>'
    f'<Override PartName="/{SHEET}" ContentType="{CONTENT}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}
Tree = dict[str, Any]


def read_sheet(
    path: Path,
    columns: Callable[[Iterable[str]], Sequence[str]],
    problems: list[tuple[int, str]],
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with their numbers, by the names in the first one; empty cells are left out.

    ``columns`` gives the names that are known, from those that are there. Raises
    :class:`BrokenFile`, :class:`OSError`.
    """
    try:
        rows = list(_rows(path))
    except (zipfile.BadZipFile, ExpatError, LookupError, ValueError) as error:
        told = fault("sheet", "not a spreadsheet: {error}", error=error)
        raise BrokenFile([(1, told)], path.name) from error
    names = {place: text.strip() for place, text in (rows[0][1] if rows else {}).items()}
    known = columns(names.values())
    if unknown := sorted({*names.values()} - {*known}):
        problems.append((1, unknown_columns(unknown, known)))
        return
    for number, cells in rows[1:]:
        if stray := sorted(cells.keys() - names.keys()):
            words = "a cell without a column name: {cell}"
            problems.append((number, fault("stray", words, cell=f"{stray[0]}{number}")))
        elif cells:
            yield number, {names[place]: text for place, text in cells.items()}


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with zipfile.ZipFile(path) as book:
        sheet, styles, strings = (_tree(book, name) for name in (SHEET, STYLES, STRINGS))
    texts = [_text(item) for item in _many(strings, "sst", "si")]
    days = _day_styles(styles)
    for place, row in enumerate(_many(sheet, "worksheet", "sheetData", "row"), 1):
        number = int(row.get("@r", place))
        cells = {
            re.sub(r"\d", "", c.get("@r", "")): _value(c, texts, days) for c in row.get("c", [])
        }
        yield number, {column: text for column, text in cells.items() if text.strip()}


def _tree(book: zipfile.ZipFile, name: str) -> Tree:
    """A part of the book; empty where it may be missing."""
    if name not in book.namelist() and name != SHEET:
        return {}
    if book.getinfo(name).file_size > MAX_BYTES:
        raise ValueError(f"{name} is larger than {MAX_BYTES // 1024 // 1024} MiB")
    return xmltodict.parse(book.read(name), force_list=MANY)


def _many(tree: Mapping[str, Any], *way: str) -> list[Tree]:
    """The elements at the end of the way; none where it ends early."""
    for name in way[:-1]:
        tree = tree.get(name) or {}
    return tree.get(way[-1]) or []


def _text(item: Tree) -> str:
    """A text, in one piece or in many with formats of their own."""
    runs: list[Tree] = [item, *item.get("r", [])]
    return "".join(_inner(run.get("t")) for run in runs)


def _inner(found: Tree | str | None) -> str:
    """What an element says, with or without attributes."""
    return str(found.get("#text", "")) if isinstance(found, dict) else found or ""


def _day_styles(styles: Mapping[str, Any]) -> set[int]:
    """The styles whose numbers are days."""
    custom = {
        int(form["@numFmtId"])
        for form in _many(styles, "styleSheet", "numFmts", "numFmt")
        if re.search(r"[yd]", re.sub(r'"[^"]*"|\[[^\]]*\]', "", form.get("@formatCode", "")))
    }
    forms = _many(styles, "styleSheet", "cellXfs", "xf")
    return {at for at, form in enumerate(forms) if int(form.get("@numFmtId", 0)) in DAYS | custom}


def _value(cell: Tree, texts: Sequence[str], days: set[int]) -> str:
    kind, value = cell.get("@t", "n"), cell.get("v")
    if kind == "inlineStr":
        return _text(cell.get("is") or {})
    if not isinstance(value, str):
        return ""
    if kind == "s":
        return texts[int(value)]
    if kind == "b":
        return str(value == "1")
    if kind == "n" and int(cell.get("@s", 0)) in days:
        return (EPOCH + timedelta(days=int(float(value)))).isoformat()
    return value


def write_sheet(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write rows of texts; what was there is replaced."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in FILES.items():
            book.writestr(name, text)
        body = "".join(
            f'<row r="{n}">{"".join(_cell(at, n, text) for at, text in enumerate(row))}</row>'
            for n, row in enumerate(rows, 1)
        )
        sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'
        book.writestr(SHEET, sheet)


def _cell(at: int, number: int, text: str) -> str:
    clean = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
    inner = f'<is><t xml:space="preserve">{escape(clean)}</t></is>'
    return f'<c r="{_letters(at)}{number}" t="inlineStr">{inner}</c>' if clean else ""


def _letters(at: int) -> str:
    """A column's letters: A, B, ... Z, AA."""
    return (_letters(at // 26 - 1) if at >= 26 else "") + chr(ord("A") + at % 26)
