"""``settings.example.toml`` tells the truth: every setting is in it with its default; it loads."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, cast, get_args, get_origin

import pytest
from pydantic import BaseModel, SecretStr

from core.adapter import Adapter
from core.app import App
from core.plugin import Plugin
from core.settings import PluginsSettings, Settings, build, check

FILE = Path(__file__).parents[2] / "settings.example.toml"
COMMENTED = re.compile(r"^# (?=\[|[a-z_]+ = )", re.MULTILINE)
ROUND = {"levels", "slots", "groups", "skills", "endpoints"}  # lists with an example item


def source(*, everything: bool) -> str:
    """The file as it ships, or with every commented setting switched on."""
    text = FILE.read_text("utf-8")
    if not everything:
        return text
    text = re.sub(rf"^({'|'.join(ROUND)}) = \[\].*\n", "", text, flags=re.MULTILINE)
    return COMMENTED.sub("", text)


def table(*, everything: bool) -> dict[str, Any]:
    return tomllib.loads(source(everything=everything))


@pytest.mark.parametrize("everything", [False, True])
def test_it_loads(everything: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = table(everything=everything)
    del loaded["plugins"]["enabled"]
    present = [name for name in plugins() if name != "demo"]
    App(build({**loaded, "plugins": {**loaded["plugins"], "enabled": present}}))


def plugins() -> dict[str, Plugin]:
    return {entry.name: entry.load() for entry in entry_points(group="xiaoer.plugins")}


def models() -> Iterator[tuple[str, type[BaseModel], Mapping[str, Any]]]:
    """Every settings model with its table in the file."""
    whole = table(everything=True)
    yield "", Settings, whole
    adapters = {entry.name: entry.load() for entry in entry_points(group="xiaoer.adapters")}
    channels = {one["adapter"]: one for one in whole["channels"].values()}
    for name, adapter in adapters.items():
        assert issubclass(adapter, Adapter)
        own = {key: value for key, value in channels[name].items() if key != "adapter"}
        yield f"channels ({name})", adapter.Settings, own
    for name, plugin in plugins().items():
        if plugin.settings.model_fields:
            yield f"plugins.{name}", plugin.settings, whole["plugins"][name]


def missing(where: str, model: type[BaseModel], given: Mapping[str, Any]) -> Iterator[str]:
    """Fields of the model, and of models inside it, that the file does not show."""
    for name, field in model.model_fields.items():
        if name not in given:
            yield f"{where}.{name}"
            continue
        inner = inner_model(field.annotation)
        if inner is None or inner is PluginsSettings:
            continue
        yield from missing(f"{where}.{name}", inner, merged(given[name], field.annotation))


def merged(value: Any, annotation: Any) -> Mapping[str, Any]:
    """A table; of many tables (a list, or by name) what they show together."""
    many = [cast("dict[str, Any]", value)]
    if isinstance(value, list):
        many = cast("list[dict[str, Any]]", value)
    elif get_origin(annotation) is dict:
        many = list(cast("dict[str, dict[str, Any]]", value).values())
    return {key: given for one in many for key, given in one.items()}


def inner_model(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, one or many of it."""
    candidates = (annotation, *get_args(annotation))
    return next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)


def test_every_setting_is_shown() -> None:
    assert not [gap for model in models() for gap in missing(*model)]


def test_values_shown_are_the_defaults() -> None:
    examples = {
        line.removeprefix("# ").split(" = ", 1)[0]
        for line in FILE.read_text("utf-8").splitlines()
        if "e.g." in line and " = " in line
    }
    for where, model, given in models():
        if model is Settings:
            continue
        known = check(model, given, where)
        for name, field in model.model_fields.items():
            optional_table = field.default is None and inner_model(field.annotation)
            if name in examples | ROUND or field.is_required() or optional_table:
                continue
            assert plain(getattr(known, name)) == plain(field.default), f"{where}.{name}"


def test_the_cores_own_values_are_the_defaults() -> None:
    shown, unset = build(table(everything=False)), build({})
    for name in ("shop", "server", "database", "log", "work", "data"):
        assert getattr(shown, name) == getattr(unset, name), name
    assert shown.plugins.enabled == unset.plugins.enabled


def plain(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
