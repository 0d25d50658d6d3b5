"""What of an event's data is a person's own: numbers and words of ours stay, theirs do not.

And what of a note is left when it names others too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, cast

import orjson

from core.masking import mask

OURS = re.compile(r"[A-Za-z0-9_.:+/-]{0,80}", re.ASCII)  # reasons, names of things, times
THEIRS = frozenset({"text", "said", "question", "answer", "author", "name", "context", "phrases"})
SHORTEST = 3


def bare(value: Any, own: Collection[str], key: str = "") -> Any:  # noqa: ANN401 - any JSON
    """``value`` without words of a person; ``own``: what names them."""
    if isinstance(value, str):
        return (
            "" if key in THEIRS or not OURS.fullmatch(value) or _names(value, own) else mask(value)
        )
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return {name: bare(one, own, key if key in THEIRS else name) for name, one in pairs}
    if isinstance(value, list):
        return [bare(one, own, key) for one in cast("list[Any]", value)]
    return value


def without(note: str, own: Collection[str]) -> str:
    """A note without those ids: JSON that has them as keys or items, or a line of them."""
    try:
        value: Any = orjson.loads(note)
    except orjson.JSONDecodeError:
        words = note.split()
        return " ".join(word for word in words if word not in own)
    left = _pruned(value, own)
    return note if left == value else orjson.dumps(left).decode()


def _pruned(value: Any, own: Collection[str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return {name: _pruned(one, own) for name, one in pairs if name not in own}
    if isinstance(value, list):
        return [_pruned(one, own) for one in cast("list[Any]", value) if one not in own]
    return value


def _names(value: str, own: Collection[str]) -> bool:
    return any(word == value or (len(word) >= SHORTEST and word in value) for word in own)
