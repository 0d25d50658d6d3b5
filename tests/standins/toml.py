"""Settings as a file: as much TOML as a test needs to write."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast


def document(table: Mapping[str, Any]) -> str:
    """One line for each key; tables stand inline."""
    return "".join(f"{_key(key)} = {value(given)}\n" for key, given in table.items())


def value(given: object) -> str:
    """A value, of whatever depth."""
    match given:
        case Mapping():
            pairs = cast("Mapping[str, object]", given).items()
            return "{ " + ", ".join(f"{_key(key)} = {value(one)}" for key, one in pairs) + " }"
        case list() | tuple():
            return "[" + ", ".join(map(value, cast("Sequence[object]", given))) + "]"
        case bool() | int() | float():
            return json.dumps(given)
        case _:
            return json.dumps(str(given), ensure_ascii=False)


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else value(key)
