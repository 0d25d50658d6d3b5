"""The root of the command line: finds the module of the typed command and loads only that.

Plugins bring commands by ``Plugin(cli="module:app")``: a typer app with a name becomes the group
``xiaoer <name>``, one without a name adds its commands beside the core's. The adapters of the
channels bring theirs the same way, by ``Adapter.cli``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

import typer

from core.cli.frame import translate
from core.cli.tongue import learn, say

if TYPE_CHECKING:
    from core.plugin import Plugin

COMMANDS = (
    *("run", "chat", "explain", "trace", "understand"),
    *("doctor", "channels", "plugins", "ledger", "contact", "archive", "top"),
)
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
    translate()
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
    else:
        for name in COMMANDS:
            root.command(name, help=say(f"cli.{name}.help"))(_nothing)
        _add_plugins(root, needed=bool(typed))
    return root


def _add(root: typer.Typer, name: str) -> None:
    module = import_module(f"core.cli.{name}")
    if (group := getattr(module, "app", None)) is not None:
        root.add_typer(group, name=name, help=say(f"cli.{name}.help"))
    else:
        root.command(name, help=say(f"cli.{name}.help"))(module.command)


def _add_plugins(root: typer.Typer, *, needed: bool) -> None:
    """Add the commands of the enabled plugins; what is broken is said and spoils nothing else.

    ``needed``: a command of theirs was typed, so that settings which cannot be used are an end.
    """
    complain = import_module("core.cli.show").complain
    settings, registry = import_module("core.settings"), import_module("core.registry")
    try:
        loaded = settings.load()
        plugins: list[Plugin] = registry.find_plugins(loaded.plugins)
    except settings.SettingsError as error:
        if needed:
            raise
        complain(import_module("core.cli.problems").in_words(error))
        return
    for plugin in plugins:
        if plugin.cli:
            try:
                root.add_typer(app_of(plugin))
            except (ImportError, AttributeError) as error:
                complain(say("cli.problem.plugin", plugin=plugin.name, error=error))
    for name in sorted({str(table.get("adapter", "")) for table in loaded.channels.values()}):
        try:
            adapter = import_module("core.channels").find_adapter(name, "adapter")
            if adapter.cli:
                root.add_typer(_app(adapter.cli))
        except (settings.SettingsError, ImportError, AttributeError) as error:
            told = import_module("core.cli.problems").in_words(error) or error
            complain(say("cli.problem.plugin", plugin=name, error=told))


def app_of(plugin: Plugin) -> typer.Typer:
    """A plugin's app; its sentences are read first, as its help texts need them."""
    if plugin.package and (folder := files(plugin.package) / "locales").is_dir():
        learn(folder)
    return _app(plugin.cli)


def _app(place: str) -> typer.Typer:
    """The app at ``module:attribute``."""
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)


def _nothing() -> None:
    """Stand in for a command that is only listed."""
