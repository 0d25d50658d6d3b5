"""Reading fields of foreign JSON: the wrong type reads like a missing field, never as an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

Data = Mapping[str, Any]


def text(data: Data, name: str) -> str:
    """A string or a number as text; empty for anything else.

    Half surrogates and NUL, which JSON can carry and a database cannot, become the mark U+FFFD.
    """
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    try:
        words = str(value)
    except ValueError:  # an integer with more digits than Python prints
        return ""
    whole = words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "\ufffd")


def number(data: Data, name: str) -> int:
    """A whole number, also when sent as text; 0 for anything else or beyond 53 bits."""
    value = data.get(name)
    if not isinstance(value, int | float | str):
        return 0
    try:
        found = int(value)
    except (ValueError, OverflowError):
        return 0
    return found if abs(found) < 2**53 else 0


def flag(data: Data, name: str) -> bool:
    """A truth value, sent as ``true`` or as 1."""
    return data.get(name) in (True, 1)


def part(data: Data, name: str) -> Data:
    """A nested object; empty when there is none."""
    value = data.get(name)
    return cast("Data", value) if isinstance(value, dict) else {}


def texts(data: Data, name: str) -> list[str]:
    """A list of texts or numbers, as texts."""
    value = data.get(name)
    items = cast("list[Any]", value) if isinstance(value, list) else []
    found = (text({"item": item}, "item") for item in items)
    return [item for item in found if item]
