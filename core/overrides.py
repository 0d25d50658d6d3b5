"""Settings that change while the shop is open: what somebody set stands over the file's value.

Whoever was given a plugin's settings keeps that object, so a change is written into it. Therefore
only what is read at each use may change: what the plugin names in ``Plugin.live``; a dotted name
is a setting of a table below. Who keeps the values over a restart is a plugin's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import structlog

from core.masking import HIDDEN
from core.plugin import Plugin, PluginSettings
from core.settings import SettingsError, check, is_secret

log = structlog.get_logger(__name__)
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its value now and the file's (as JSON, secrets hidden), and its JSON schema."""

    plugin: str
    key: str
    value: Any
    original: Any
    live: bool
    schema: Mapping[str, Any]


class Overrides:
    """The settings of all plugins of this process."""

    def __init__(self, held: Sequence[tuple[Plugin, PluginSettings]]) -> None:
        """``held``: the very objects that are given to whoever asks for them."""
        self._held = {plugin.name: (plugin, settings) for plugin, settings in held}
        self._file = {name: table.model_copy() for name, (_, table) in self._held.items()}

    def check(self, name: str, values: Values) -> PluginSettings:
        """What a plugin's settings are with these values over the file's.

        Raises :class:`LookupError` for what may not change while the shop is open, and
        :class:`~core.settings.SettingsError` for values that cannot be used.
        """
        plugin, _ = self._held[name]
        table = self._file[name].model_dump()
        for key, value in values.items():
            if key not in plugin.live:
                raise LookupError(f"{name}.{key}")
            _put(table, key, value)
        return check(plugin.settings, table, f"plugins.{name}")

    def apply(self, wanted: Mapping[str, Values]) -> None:
        """Let these values hold, and the file's for everything else.

        A value that can no longer be used (after an upgrade) is left out, and logged.
        """
        for name, (_, settings) in self._held.items():
            values = dict(wanted.get(name, {}))
            try:
                fresh = self.check(name, values)
            except (LookupError, SettingsError) as error:
                log.warning("overrides.unusable", plugin=name, reason=str(error))
                fresh = self._file[name]
            vars(settings).update(vars(fresh))

    def settings(self) -> Iterator[Setting]:
        """Every setting of every plugin; of tables below, those that are live by themselves."""
        for name, (plugin, settings) in self._held.items():
            schema = plugin.settings.model_json_schema()
            now, file = (one.model_dump(mode="json") for one in (settings, self._file[name]))
            keys = {key.partition(".")[0] for key in plugin.live if "." in key}
            plain = [key for key in now if key not in keys and key != "enabled"]
            for key in [*plain, *(key for key in plugin.live if "." in key)]:
                yield Setting(
                    plugin=name,
                    key=key,
                    value=_seen(_get(now, key), key, live=key in plugin.live),
                    original=_seen(_get(file, key), key, live=key in plugin.live),
                    live=key in plugin.live,
                    schema=_schema(schema, key),
                )


def hidden(value: Any, key: str = "") -> Any:  # noqa: ANN401 - plain JSON
    """The value for a person to see: secrets, and passwords in addresses, are not."""
    if isinstance(value, Mapping):
        table = cast("Mapping[str, Any]", value)
        return {name: hidden(one, name) for name, one in table.items()}
    if isinstance(value, list):
        return [hidden(one, key) for one in cast("list[Any]", value)]
    if value and is_secret(key):
        return HIDDEN
    if isinstance(value, str) and "://" in value and "@" in value:
        scheme, _, rest = value.partition("://")
        return f"{scheme}://{HIDDEN}@{rest.rpartition('@')[2]}"
    return value


def _seen(value: Any, key: str, *, live: bool) -> Any:  # noqa: ANN401 - plain JSON
    """What may be edited is seen as it is, or its stars would be saved; unless it is a secret."""
    return value if live and not is_secret(key) else hidden(value, key)


def _get(table: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401 - plain JSON
    found: Any = table
    for step in key.split("."):
        found = cast("Mapping[str, Any]", found).get(step) if isinstance(found, Mapping) else None
    return found


def _put(table: dict[str, Any], key: str, value: Any) -> None:  # noqa: ANN401 - plain JSON
    first, _, rest = key.partition(".")
    if not rest:
        table[first] = value
        return
    below = dict(table.get(first) or {})
    _put(below, rest, value)
    table[first] = below


def _schema(whole: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The JSON schema of one setting; what it refers to is put in its place."""
    found: Mapping[str, Any] = whole
    for step in key.split("."):
        found = _resolved(whole, _resolved(whole, found).get("properties", {}).get(step, {}))
    items = found.get("items")
    return {**found, "items": _resolved(whole, items)} if items else found


def _resolved(whole: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in part:
        return whole["$defs"][part["$ref"].rpartition("/")[2]]
    choices = [one for one in part.get("anyOf", ()) if one.get("type") != "null"]
    if len(choices) == 1 and len(part["anyOf"]) > 1:
        return {**_resolved(whole, choices[0]), "nullable": True}
    return part
