"""Word lists as data: ``words.toml`` beside a plugin's code, read once.

Keywords, commands and synonyms are content, not code: they differ by language and by shop.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def words(package: str, file: str = "words.toml") -> dict[str, tuple[str, ...]]:
    """The lists of ``<package>/words.toml``: ``{"request": ("...", ...)}``.

    Use as ``WORDS = words(__package__)`` and ``keywords=WORDS["request"]``. Raises
    :class:`ValueError` for a table that is not a list of strings.
    """
    table = tomllib.loads(files(package).joinpath(file).read_text(encoding="utf-8"))
    lists: dict[str, tuple[str, ...]] = {}
    for name, entries in table.items():
        if not isinstance(entries, list) or not all(isinstance(e, str) for e in entries):  # type: ignore[unused-ignore]
            raise ValueError(f"{package}/{file}: {name!r} must be a list of strings")
        lists[name] = tuple(entries)  # type: ignore[unused-ignore]
    return lists
