"""``xiaoer plugins``: what is switched on, and what each plugin brings."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from core.cli.show import Json, headings, listing
from core.inject import yields
from core.plugin import Handler, Plugin
from core.registry import find_plugins
from core.route.rules import Rule
from core.settings import load

COLUMNS = headings("plugin", "handlers", "forms", "deadlines", "services", "requires")


def command(*, as_json: Json = False) -> None:
    """List the enabled plugins in the order that settles ties."""
    plugins = find_plugins(load().plugins)
    rows = [_facts(plugin) if as_json else _row(plugin) for plugin in plugins]
    listing(rows, COLUMNS, as_json=as_json, empty="cli.plugins.none")


def _facts(plugin: Plugin) -> dict[str, Any]:
    return {
        "plugin": plugin.name,
        "requires": list(plugin.requires),
        "handlers": [_handler(handler) for handler in plugin.handlers],
        "forms": [form.form_name() for form in plugin.forms],
        "deadlines": list(plugin.dues),
        "services": [yields(provider).__name__ for provider in plugin.providers],
        "follows": [kind for kind, _function in plugin.followers],
        "cli": plugin.cli,
    }


def _row(plugin: Plugin) -> dict[str, Any]:
    facts = _facts(plugin)
    own = f"{plugin.name}."
    handlers = [f"{h['name'].removeprefix(own)} ({h['rank']})" for h in facts["handlers"]]
    deadlines = [name.removeprefix(own) for name in facts["deadlines"]]
    return {**facts, "handlers": "\n".join(handlers), "deadlines": "\n".join(deadlines)}


def _handler(handler: Handler) -> dict[str, Any]:
    return {
        "name": handler.name,
        "rank": handler.rule.precedence.name.lower(),
        "rule": _changed(handler.rule),
        "seconds": handler.seconds,
    }


def _changed(rule: Rule) -> dict[str, Any]:
    """What a rule says, without what it leaves at the default."""
    plain = asdict(Rule(always=True))
    return {
        name: value
        for name, value in asdict(rule).items()
        if value != plain[name] or (name == "always" and value)
    }
