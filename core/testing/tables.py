"""Fresh shops get copies of tables made before: making them takes longer than most tests."""

from __future__ import annotations

from collections.abc import Mapping

from core.store.database import Database

_made: dict[frozenset[tuple[str, str]], bytes] = {}  # by the plugins' models


async def lay(database: Database, models: Mapping[str, str]) -> None:
    """Put empty tables where the SQLite file of a fresh shop is to be; elsewhere do nothing."""
    file = database.file
    if file is None or file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    kind = frozenset(models.items())
    if kind in _made:
        file.write_bytes(_made[kind])
        return
    await database.open()
    await database.close()
    _made[kind] = file.read_bytes()
