"""The words around every help page, which the typer library brings in English."""

from __future__ import annotations

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


def translate() -> None:
    """Put them into the language of the terminal. They are plain names of the library's module."""
    for name, key in WORDS.items():
        setattr(rich_utils, name, say(key))
    rich_utils.DEFAULT_STRING = say("cli.frame.default") + " {}"
    rich_utils.RICH_HELP = "[blue]{command_path} {help_option}[/] " + say("cli.frame.try")
