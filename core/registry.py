"""The registry: loads plugins, gives each what it asks for by type, and can undo all of it."""

from __future__ import annotations

import functools
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from importlib.metadata import entry_points
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import structlog

from core.adapter import Finding
from core.deadlines import BoundDue
from core.forms.engine import FormHandler
from core.forms.form import Form
from core.inject import InjectionError, resolve, wants, yields
from core.overrides import Overrides
from core.plugin import Plugin, PluginSettings
from core.route.index import Entry, shadows
from core.settings import PluginsSettings, Problem, SettingsError, check, unknown
from core.texts import Texts
from core.turn import Turn
from core.understand import Recogniser

if TYPE_CHECKING:
    from aiohttp import web  # heavy, and commands read this module

log = structlog.get_logger(__name__)
ENABLED = "plugins.enabled"
Follower = Callable[..., Awaitable[None]]


def find_plugins(settings: PluginsSettings) -> list[Plugin]:
    """The enabled plugins in their order.

    Raises :class:`SettingsError` for unknown names, missing requirements and tables of plugins
    that are not enabled.
    """
    known = {entry.name: entry for entry in entry_points(group="xiaoer.plugins")}
    plugins: list[Plugin] = []
    problems: list[str] = []
    for name in settings.enabled:
        try:
            plugins.append(_find(name, known))
        except SettingsError as error:
            problems += error.problems
    names = {plugin.name for plugin in plugins}
    problems += [
        _needs(plugin.name, need)
        for plugin in plugins
        for need in plugin.requires
        if need not in names
    ]
    problems += [
        unknown(f"plugins.{table}", f"enabled, {', '.join(sorted(names))}")
        for table in settings.model_extra or {}
        if table not in names and not problems
    ]
    if problems:
        raise SettingsError(problems)
    return plugins


def _find(name: str, known: Mapping[str, Any]) -> Plugin:
    try:
        found = _load(name, known)
    except (ImportError, AttributeError) as error:
        problem = Problem.of(ENABLED, "unimportable", str(error), plugin=name, error=error)
        raise SettingsError([problem]) from None
    if not isinstance(found, Plugin):
        words = f"{name!r} is not a Plugin"
        raise SettingsError([Problem.of(ENABLED, "no_plugin", words, plugin=name)])
    return found


def _load(name: str, known: Mapping[str, Any]) -> object:
    if name in known:
        return known[name].load()
    if ":" in name:
        module, _, attribute = name.partition(":")
        return getattr(importlib.import_module(module), attribute)
    there = ", ".join(sorted(known))
    words = f"there is no plugin {name!r}; there is: {there} (or module:object)"
    problem = Problem.of(ENABLED, "unknown_plugin", words, plugin=name, there=there)
    raise SettingsError([problem])


def _needs(plugin: str, need: str) -> Problem:
    words = f"{plugin!r} needs {need!r}; add it to the list"
    return Problem.of(ENABLED, "plugin_needs", words, plugin=plugin, need=need)


class Registry:
    """What the enabled plugins declared, connected."""

    def __init__(self, plugins: Iterable[Plugin], settings: PluginsSettings, texts: Texts) -> None:
        """Check every plugin's settings and read its locales; connect nothing yet."""
        self.plugins = list(plugins)
        self.services: dict[Any, Any] = {}
        self.entries: list[Entry] = []
        self.forms: dict[str, FormHandler] = {}
        self.dues: dict[str, BoundDue] = {}
        self.recognisers: list[Recogniser] = []
        self.followers: dict[str, list[Follower]] = {}
        self.starters: list[Callable[[], Awaitable[None]]] = []
        self.sites: list[tuple[str, Callable[[], web.Application]]] = []
        self._stack = AsyncExitStack()
        self._settings: dict[str, PluginSettings] = {}
        for plugin in self.plugins:
            table = settings.table(plugin.name)
            self._settings[plugin.name] = check(plugin.settings, table, f"plugins.{plugin.name}")
            if plugin.package and (folder := files(plugin.package) / "locales").is_dir():
                texts.add(folder)
        self.overrides = Overrides([(p, self._settings[p.name]) for p in self.plugins])

    @property
    def models(self) -> dict[str, str]:
        """The tables of the plugins: label to module."""
        return {plugin.name: plugin.models for plugin in self.plugins if plugin.models}

    async def open(self, core: Mapping[Any, Any]) -> None:
        """Start services and bind handlers. ``core`` holds the core's own services by type."""
        self.services = {**core, Overrides: self.overrides}
        for plugin in self.plugins:
            self.services[plugin.settings] = self._settings[plugin.name]
        self.services.pop(PluginSettings, None)
        await self._provide()
        for order, plugin in enumerate(self.plugins):
            self._bind(plugin, order)
        for word, winner, loser in shadows(self.entries):
            log.warning("rules.shadowed", word=word, answers=winner.name, shadowed=loser.name)

    async def examine(self, core: Mapping[Any, Any]) -> AsyncIterator[tuple[str, Finding]]:
        """What the plugins say of their surroundings (``xiaoer doctor``); nothing is opened."""
        known = {**core, **{p.settings: self._settings[p.name] for p in self.plugins}}
        for plugin in self.plugins:
            for function in plugin.checks:
                for finding in await function(**resolve(function, known)):
                    yield plugin.name, finding

    async def warm_up(self) -> None:
        """The shop is about to open its doors."""
        for started in self.starters:
            await started()

    async def close(self) -> None:
        """Stop services in the reverse order and forget every registration."""
        for many in (self.entries, self.recognisers, self.starters, self.sites):
            many.clear()
        for table in (self.forms, self.dues, self.followers, self.services):
            table.clear()
        await self._stack.aclose()

    async def _provide(self) -> None:
        """Start providers, each as soon as what it asks for is there."""
        waiting = [(plugin, provider) for plugin in self.plugins for provider in plugin.providers]
        while waiting:
            ready = [
                (p, f) for p, f in waiting if all(kind in self.services for _, kind in wants(f))
            ]
            if not ready:
                plugin, provider = waiting[0]
                raise InjectionError(f"plugin {plugin.name}: {_reason(provider, self.services)}")
            for plugin, provider in ready:
                given = resolve(provider, self.services)
                service = await self._stack.enter_async_context(_Scope(provider(**given)))
                self.services[yields(provider)] = service
                waiting.remove((plugin, provider))

    def _bind(self, plugin: Plugin, order: int) -> None:
        for number, handler in enumerate(plugin.handlers):
            call = self._call(handler.function)
            place = order * 1000 + number
            rank = handler.rule.precedence
            self.entries.append(
                Entry(handler.name, plugin.name, handler.rule, rank, place, call, handler.seconds)
            )
        for form, handler in plugin.forms.items():
            complete = self._complete(handler.function, form)
            self.forms[form.form_name()] = FormHandler(form, plugin.name, complete, handler.seconds)
        for name, due in plugin.dues.items():
            self.dues[name] = BoundDue(due, self._call(due.function))
        for factory in plugin.recognisers:
            self.recognisers.append(factory(**resolve(factory, self.services)))
        for function in plugin.starters:
            given = resolve(function, self.services)
            self.starters.append(functools.partial(function, **given))
        for prefix, function in plugin.sites:
            given = resolve(function, self.services)
            self.sites.append((prefix, functools.partial(function, **given)))
        for kind, function in plugin.followers:
            self.followers.setdefault(kind, []).append(self._call(function))

    def _call(self, function: Callable[..., Any]) -> Callable[..., Any]:
        given = resolve(function, self.services, given=1)
        return functools.partial(function, **given) if given else function

    def _complete(self, function: Callable[..., Any], form: type[Form]) -> Callable[..., Any]:
        names = {kind: name for name, kind in wants(function, given=1)}
        given = resolve(function, {**self.services, form: None}, given=1)
        given.pop(names.get(form, ""), None)

        async def complete(turn: Turn, filled: Form) -> None:
            own = {names[form]: filled} if form in names else {}
            await function(turn, **given, **own)

        return complete


class _Scope:
    """A provider as a context: what it yields on the way in, the rest of it on the way out."""

    def __init__(self, service: AsyncIterator[Any]) -> None:
        self._service = service

    async def __aenter__(self) -> Any:  # noqa: ANN401 - whatever the provider yields
        return await anext(self._service)

    async def __aexit__(self, *_error: object) -> None:
        async for _ in self._service:
            raise RuntimeError("a provider yields exactly one service")


def _reason(provider: Callable[..., AsyncIterator[Any]], services: Mapping[Any, Any]) -> str:
    try:
        resolve(provider, services)
    except InjectionError as error:
        return str(error)
    return "providers wait for each other"
