"""The frame of every help page, which the typer library draws for English readers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.columns import Columns
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from typer import rich_utils

from core.cli.tongue import say

WORDS = {
    "ARGUMENTS_PANEL_TITLE": "cli.frame.arguments",
    "OPTIONS_PANEL_TITLE": "cli.frame.options",
    "COMMANDS_PANEL_TITLE": "cli.frame.commands",
    "ERRORS_PANEL_TITLE": "cli.frame.error",
    "ABORTED_TEXT": "cli.frame.aborted",
    "REQUIRED_LONG_STRING": "cli.frame.required",
}


class FoldingTable(Table):
    """Folds long words: a Chinese sentence is one, and would be cut off at the edge."""

    def add_row(self, *cells: Any, **options: Any) -> None:  # noqa: ANN401 - the library's own
        """Add a row; its columns fold."""
        super().add_row(*cells, **options)
        for column in self.columns:
            column.overflow = "fold"


class FoldingColumns(Columns):
    """The same for the help of one option."""

    def __init__(self, renderables: Iterable[RenderableType], **options: Any) -> None:  # noqa: ANN401
        """Let every text fold."""
        items = list(renderables)
        for item in items:
            if isinstance(item, Text):
                item.overflow = "fold"
        super().__init__(items, **options)


def translate() -> None:
    """Put it into the language of the terminal. These are plain names of the library's module."""
    for name, key in WORDS.items():
        setattr(rich_utils, name, say(key))
    rich_utils.DEFAULT_STRING = f"[{say('cli.frame.default')} {{}}]"
    rich_utils.RICH_HELP = "[blue]{command_path} {help_option}[/] " + say("cli.frame.try")
    for name, better in {"Table": FoldingTable, "Columns": FoldingColumns}.items():
        setattr(rich_utils, name, better)
