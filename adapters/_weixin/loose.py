"""JSON of strangers, read loosely: what is of the wrong shape counts as empty."""

from __future__ import annotations

from typing import Any, cast


def mapping(value: object) -> dict[str, Any]:
    """A JSON object, or an empty one where there is something else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def listing(value: object) -> list[object]:
    """A JSON list, or an empty one where there is something else."""
    return cast("list[object]", value) if isinstance(value, list) else []


def mappings(value: object) -> list[dict[str, Any]]:
    """The objects of a JSON list."""
    return [mapping(entry) for entry in listing(value)]
