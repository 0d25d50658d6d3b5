"""The shop's settings: everybody who leads sees them, and changes those that may change now.

Who looks after the groups sees that plugin's table, and changes when what is posted there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel

from core.effects import Effects
from core.overrides import Setting, hidden
from core.plugin import PluginSettings
from core.settings import SettingsError
from core.store.commit import Superseded
from core.wrong import line
from plugins.console import audit, slots
from plugins.console.ask import Ask
from plugins.console.models import Override
from plugins.console.overlay import CHANGED
from plugins.console.problems import Problem, not_found
from plugins.console.roles import LEADS
from plugins.console.settings import ConsoleSettings
from plugins.console.sla.terms import adopt, terms_of
from plugins.console.table import Shape
from plugins.groups.face import GroupSettings

Kind = Literal[
    "number", "integer", "switch", "text", "choice", "time", "hours", "span", "map", "slots", "json"
]
KINDS: Mapping[str, Kind] = {"number": "number", "integer": "integer", "boolean": "switch"}
SLOTS = {"name", "day", "time", "groups"}
COMMUNITY = ("groups", "slots")  # what those without a lead's role may change
CORE = ("shop", "server", "database", "queue", "log", "work", "live", "retention", "telemetry")


class SettingShape(Shape):
    """One setting. ``value`` and ``original`` (the file's) are JSON; secrets are hidden.

    ``live``: it may change now. ``kind`` says how it is asked for; ``nullable``: or left out.
    """

    key: str
    value: Any
    original: Any
    live: bool
    kind: Kind
    nullable: bool
    choices: list[str]
    least: float | None
    most: float | None
    by: str
    at: datetime | None


class Section(Shape):
    """A table of the settings file."""

    name: str
    plugin: bool
    items: list[SettingShape]


class Sections(Shape):
    """All tables."""

    items: list[Section]


class NewValue(Shape):
    """What a setting shall be."""

    value: Any


async def list_settings(ask: Ask) -> Sections:
    """Every setting with its value."""
    rows = {(row.plugin, row.key): row for row in await Override.all()}
    found: dict[str, list[SettingShape]] = {}
    for one in ask.desk.overlay.overrides.settings():
        if _may(ask, one.plugin):
            shape = _shape(one, rows.get((one.plugin, one.key)))
            live = shape.live and _may(ask, one.plugin, one.key)
            found.setdefault(one.plugin, []).append(shape.model_copy(update={"live": live}))
    plugins = [Section(name=name, plugin=True, items=items) for name, items in found.items()]
    if not ask.roles & LEADS:
        return Sections(items=plugins)
    whole = ask.desk.overlay.whole
    core = [_core(name, getattr(whole, name)) for name in CORE if hasattr(whole, name)]
    return Sections(items=[*plugins, *core])


async def change_setting(ask: Ask, body: NewValue) -> Sections:
    """Change one; checked by the same rules, in the same words, as the file."""
    plugin, key = _place(ask)
    before, values = await _before(ask, plugin)
    fresh = _checked(ask, plugin, {**values, key: body.value})
    row = {"value": {"is": body.value}, "by": ask.who.login, "at": ask.desk.clock.now()}
    effects = ask.desk.effects()
    effects.write(partial(Override.update_or_create, plugin=plugin, key=key, defaults=row))
    audit.record(
        effects, ask.who.login, "setting-changed", about(ask), value=hidden(body.value, key)
    )
    await _take_up(ask, effects, before, fresh)
    return await list_settings(ask)


async def reset_setting(ask: Ask) -> Sections:
    """Back to the file's value."""
    plugin, key = _place(ask)
    before, values = await _before(ask, plugin)
    if key not in values:
        raise not_found()
    fresh = _checked(ask, plugin, {name: one for name, one in values.items() if name != key})
    effects = ask.desk.effects()
    effects.write(lambda: Override.filter(plugin=plugin, key=key).delete())
    audit.record(effects, ask.who.login, "setting-reset", about(ask))
    await _take_up(ask, effects, before, fresh)
    return await list_settings(ask)


def _may(ask: Ask, plugin: str, key: str = "") -> bool:
    """Whether the person sees a plugin's table, or changes that key of it."""
    return bool(ask.roles & LEADS) or (plugin, key or COMMUNITY[1]) == COMMUNITY


def _place(ask: Ask) -> tuple[str, str]:
    plugin, key = ask.path["plugin"], ask.path["key"]
    if not _may(ask, plugin, key):
        raise not_found()
    return plugin, key


async def _before(ask: Ask, plugin: str) -> tuple[PluginSettings, dict[str, Any]]:
    """A plugin's settings as they are, and what of them was changed."""
    values = (await ask.desk.overlay.values()).get(plugin, {})
    return _checked(ask, plugin, values), values


def _checked(ask: Ask, plugin: str, values: Mapping[str, Any]) -> PluginSettings:
    overrides = ask.desk.overlay.overrides
    try:
        fresh, file = overrides.check(plugin, values), overrides.check(plugin, {})
    except LookupError:  # no such plugin, or a setting that is read only at the start
        raise not_found() from None
    except SettingsError as error:
        why = "\n".join(line(one, ask.desk.texts, ask.locale) for one in error.problems)
        raise Problem(400, "bad-request", fields={"value": why}) from None
    if strange := _files(fresh.model_dump()) - _files(file.model_dump()):
        words = ask.say("console.only_file", path=", ".join(sorted(map(str, strange))))
        raise Problem(400, "bad-request", fields={"value": words})
    return fresh


def _files(value: Any) -> set[Path]:  # noqa: ANN401 - a table of any shape
    """Every file that settings name: what is read to customers is not for a page to say."""
    if isinstance(value, Path):
        return {value}
    below: Iterable[Any] = ()
    if isinstance(value, Mapping):
        below = cast("Mapping[str, Any]", value).values()
    elif isinstance(value, list | tuple):
        below = cast("Sequence[Any]", value)
    return {path for one in below for path in _files(one)}


def about(ask: Ask) -> str:
    """The setting of the path as the file calls it."""
    return f"{ask.path['plugin']}.{ask.path['key']}"


async def _take_up(
    ask: Ask, effects: Effects, before: PluginSettings, fresh: PluginSettings
) -> None:
    """Let promises that changed hold from now on, and tell every process."""
    who = ask.who.login
    effects.emit(CHANGED, setting=about(ask), by=who)
    if isinstance(before, ConsoleSettings) and isinstance(fresh, ConsoleSettings):
        zone = ask.desk.shop.zone
        if terms_of(before.sla, zone) != terms_of(fresh.sla, zone):
            await adopt(effects, terms_of(fresh.sla, zone), who)
    if isinstance(before, GroupSettings) and isinstance(fresh, GroupSettings):
        slots.take_up(ask, effects, before, fresh)
    try:
        await ask.desk.write(effects)
    except Superseded:  # somebody else changed what is promised meanwhile
        raise Problem(409, "changed") from None
    await ask.desk.overlay.load()


def _shape(one: Setting, row: Override | None) -> SettingShape:
    schema = one.schema
    numbers = [schema.get(name) for name in ("minimum", "exclusiveMinimum")]
    return SettingShape(
        key=one.key,
        value=one.value,
        original=one.original,
        live=one.live,
        kind=_kind(schema),
        nullable=bool(schema.get("nullable")),
        choices=[str(choice) for choice in schema.get("enum", ())],
        least=next((number for number in numbers if number is not None), None),
        most=schema.get("maximum"),
        by=row.by if row else "",
        at=row.at if row else None,
    )


def _kind(schema: Mapping[str, Any]) -> Kind:
    plain = str(schema.get("type", ""))
    if "enum" in schema:
        return "choice"
    if plain == "string":
        return "time" if schema.get("format") == "time" else "text"
    if plain == "object":
        if {"opens", "closes", "days"} <= set(schema.get("properties", ())):
            return "hours"
        if {"start", "end"} == set(schema.get("properties", ())):
            return "span"
        values = schema.get("additionalProperties")
        return "map" if values == {"type": "string"} else "json"
    if plain == "array" and set(schema.get("items", {}).get("properties", ())) >= SLOTS:
        return "slots"
    return KINDS.get(plain, "json")


def _core(name: str, table: BaseModel) -> Section:
    """A table of the house: read at the start, so it is only shown."""
    plain = hidden(table.model_dump(mode="json"))
    items = [
        SettingShape(
            key=key,
            value=value,
            original=value,
            live=False,
            kind="json",
            nullable=False,
            choices=[],
            least=None,
            most=None,
            by="",
            at=None,
        )
        for key, value in plain.items()
    ]
    return Section(name=name, plugin=False, items=items)
