"""Reading order files: CSV and JSON, all or nothing.

In a CSV, ``items`` reads ``Coat*1|Scarf*2`` and ``parcels`` ``yuantong:YT8800000000001``. A JSON
file is a list of orders, or an object with such a list under ``orders``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

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
from plugins.orders.order import Order

FORMATS = (".csv", ".json")
SEPARATOR = "|"
_BLANK = re.compile(r"[\s,]*")
_HEAD = re.compile(r'\s*(?:\{\s*"orders"\s*:\s*)?\[')


def read(path: Path) -> list[Order]:
    """The orders of a file. Raises :class:`plugins.imports.BrokenFile`, :class:`OSError`."""
    return parse(read_text(path, FORMATS), path.suffix.lower(), path.name)


def parse(text: str, suffix: str, name: str) -> list[Order]:
    """The orders of a text in the format that ``suffix`` names."""
    problems: list[tuple[int, str]] = []
    rows = _csv(text, problems) if suffix == ".csv" else _json(text, problems)
    orders = list(validated(rows, Order, lambda order: order.number, problems))
    if not orders and not problems:
        problems.append((1, fault("no_orders", "no orders in it")))
    if problems:
        raise BrokenFile(problems, name)
    return orders


def _csv(text: str, problems: list[tuple[int, str]]) -> Iterator[Row]:
    for line, cells in csv_rows(text, Order.model_fields, problems):
        row: dict[str, Any] = dict(cells)
        if "items" in cells:
            row["items"] = [_item(part) for part in cells["items"].split(SEPARATOR)]
        if "parcels" in cells:
            row["parcels"] = [_parcel(part) for part in cells["parcels"].split(SEPARATOR)]
        yield line, row


def _item(cell: str) -> dict[str, str]:
    title, _, count = cell.rpartition("*")
    return {"title": title, "count": count} if title else {"title": cell}


def _parcel(cell: str) -> dict[str, str]:
    courier, _, waybill = cell.strip().partition(":")
    return {"courier": courier, "waybill": waybill}


def _json(text: str, problems: list[tuple[int, str]]) -> Iterator[Row]:
    """The list's elements one by one, so that each knows the line it begins in."""
    head = _HEAD.match(text)
    if head is None:
        problems.append((1, fault("orders", "expected a list of orders")))
        return
    decoder, place = json.JSONDecoder(), head.end()
    while (place := _skip(text, place)) < len(text) and text[place] != "]":
        line = text.count("\n", 0, place) + 1
        try:
            row, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            problems.append((error.lineno, not_json(error)))
            return
        if isinstance(row, dict):
            yield line, cast("dict[str, Any]", row)
        else:
            problems.append((line, not_an_object()))
    if place >= len(text):
        problems.append((text.count("\n") + 1, fault("end", "the list has no end")))


def _skip(text: str, place: int) -> int:
    found = _BLANK.match(text, place)
    return found.end() if found else place
