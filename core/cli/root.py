"""The root of the command line: finds the module of the typed command and loads only that.

Plugins bring commands by ``Plugin(cli="module:app")``: a typer app with a name becomes the group
``xiaoer <name>``, one without a name adds its commands beside the core's.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

import typer

from core.cli.tongue import learn, say

if TYPE_CHECKING:
    from core.plugin import Plugin

COMMANDS = ("run", "chat", "explain", "trace", "doctor", "plugins", "ledger")
"""Each is a module of this package with ``command`` (a function) or ``app`` (a group)."""


def main() -> None:
    """Run the command that was typed; what a person can mend is said in words (exit code 2)."""
    try:
        build(sys.argv[1:])(prog_name="xiaoer")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        words = import_module("core.cli.problems").in_words(error)  # heavy, and seldom needed
        if not words:
            raise
        import_module("core.cli.show").complain(words)
        sys.exit(2)


def build(words: Sequence[str]) -> typer.Typer:
    """The application, as far as these words need it."""
    root = typer.Typer(
        name="xiaoer",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback(help=say("cli.help"))(_nothing)
    typed = next((word for word in words if not word.startswith("-")), "")
    if typed in COMMANDS:
        _add(root, typed)
        return root
    for name in COMMANDS:
        root.command(name, help=say(f"cli.{name}.help"))(_nothing)
    try:
        apps = plugin_apps()
    except import_module("core.settings").SettingsError as error:
        if typed:
            raise
        import_module("core.cli.show").complain(str(error))  # the help is shown all the same
        return root
    for app in apps:
        root.add_typer(app)
    return root


def _add(root: typer.Typer, name: str) -> None:
    module = import_module(f"core.cli.{name}")
    if (group := getattr(module, "app", None)) is not None:
        root.add_typer(group, name=name, help=say(f"cli.{name}.help"))
    else:
        root.command(name, help=say(f"cli.{name}.help"))(module.command)


def plugin_apps() -> list[typer.Typer]:
    """The command line apps of the enabled plugins; raises :class:`SettingsError`."""
    settings = import_module("core.settings").load()
    registry = import_module("core.registry")
    return [app_of(plugin) for plugin in registry.find_plugins(settings.plugins) if plugin.cli]


def app_of(plugin: Plugin) -> typer.Typer:
    """A plugin's app; its sentences are read first, as its help texts need them."""
    if plugin.package and (folder := files(plugin.package) / "locales").is_dir():
        learn(folder)
    module, _, attribute = plugin.cli.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        refusal = import_module("core.cli.problems").Refusal
        raise refusal("cli.problem.plugin", plugin=plugin.name, error=error) from error


def _nothing() -> None:
    """Stand in for a command that is only listed."""
