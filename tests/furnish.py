"""Tables for shops that run in processes of their own: making them takes longer than most tests."""

from __future__ import annotations

from pathlib import Path

from core.app import App
from core.settings import build
from core.testing.tables import lay


async def furnish(folder: Path) -> None:
    """Put the tables of all that ships where a shop in this folder looks for its ledger."""
    data = folder / "data"
    app = App(build({"data": str(data), "database": {"url": f"sqlite://{data / 'xiaoer.db'}"}}))
    await lay(app.database, app.registry.models)
