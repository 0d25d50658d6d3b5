"""The frame of every help page, which the typer library draws for English readers."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from inspect import cleandoc
from typing import Any

import typer
from rich.columns import Columns
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from typer import rich_utils

from core.cli.tongue import say

HELP = "Show this message and exit."
FORMATTER: Any = typer.Context.formatter_class
WRITE_USAGE, FORMAT_ERROR = FORMATTER.write_usage, rich_utils.rich_format_error
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
                if item.plain == HELP:
                    item.plain = say("cli.frame.help")
        super().__init__(items, **options)


def plain_text(*, text: str, style: str = "", markup_mode: Any = None) -> Text:  # noqa: ANN401 - the library's own
    """A help text as it was written: ``[server] port`` is a name of the settings, no style."""
    return rich_utils.highlighter(Text(cleandoc(text), style=style))


def write_usage(formatter: Any, program: str, words: str = "", prefix: str | None = None) -> None:  # noqa: ANN401 - the library's own
    """The line that shows how a command is written."""
    for theirs, key in {"[OPTIONS]": "some_options", "COMMAND [ARGS]...": "a_command"}.items():
        words = words.replace(theirs, say(f"cli.frame.{key}"))
    WRITE_USAGE(formatter, program, words, prefix or say("cli.frame.usage"))


def format_error(error: Any) -> None:  # noqa: ANN401 - the library's own
    """Draw what was typed wrong."""
    told = import_module("core.cli.mistakes").words(error)  # heavy, and seldom needed
    error.format_message = lambda: told
    FORMAT_ERROR(error)


BETTER = {"Table": FoldingTable, "Columns": FoldingColumns, "_make_rich_text": plain_text}


def translate() -> None:
    """Put it into the language of the terminal. These are plain names of the library's module."""
    for name, key in WORDS.items():
        setattr(rich_utils, name, say(key))
    rich_utils.DEFAULT_STRING = f"[{say('cli.frame.default')} {{}}]"
    rich_utils.RICH_HELP = "[blue]{command_path} {help_option}[/] " + say("cli.frame.try")
    for name, better in BETTER.items():
        setattr(rich_utils, name, better)
    rich_utils.rich_format_error = format_error
    FORMATTER.write_usage = write_usage
