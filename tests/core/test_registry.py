"""Plugins: found, checked, connected, and undone without a trace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.clock import Clock
from core.forms import Form, ask
from core.inject import InjectionError
from core.plugin import Plugin, PluginSettings
from core.settings import SettingsError, build
from core.testing import open_shop
from core.turn import Turn
from core.understand import Recogniser, Understanding
from tests.core.stage import cast, play


class ShelfSettings(PluginSettings):
    size: int = 3


class Shelf:
    def __init__(self, size: int) -> None:
        self.size, self.open = size, True


class Report:
    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf


class Ask(Form):
    what: str = ask("What?")


def shelf(log: list[str]) -> Plugin:
    plugin = Plugin("shelf", settings=ShelfSettings)

    @plugin.provides
    async def report(shelf: Shelf) -> AsyncIterator[Report]:  # asks for what comes later
        log.append("report opens")
        yield Report(shelf)
        log.append("report closes")

    @plugin.provides
    async def own(settings: ShelfSettings) -> AsyncIterator[Shelf]:
        made = Shelf(settings.size)
        log.append("shelf opens")
        yield made
        made.open = False
        log.append("shelf closes")

    @plugin.recogniser
    def big(settings: ShelfSettings) -> Recogniser:
        def mark(heard: Understanding) -> None:
            heard.marks["big"] = float(len(heard.plain) >= settings.size)

        return mark

    @plugin.on(mark="big")
    async def count(turn: Turn, report: Report, clock: Clock) -> None:
        turn.say(f"{report.shelf.size} at {clock.now():%H:%M}")

    @plugin.form(Ask)
    async def asked(turn: Turn, form: Ask, shelf: Shelf) -> None: ...

    _ = (report, own, big, count, asked)
    return plugin


async def test_services_settings_and_the_clock_are_injected() -> None:
    log: list[str] = []
    async with play(shelf(log), settings={"plugins": {"shelf": {"size": 5}}}) as shop:
        mei = shop.customer("Mei")
        await mei.says("tiny")
        mei.hears_nothing()
        await mei.says("enormous")
        assert mei.replies == ["5 at 02:00"]
        registry = shop.app.registry
    assert log == ["shelf opens", "report opens", "report closes", "shelf closes"]
    left: list[Any] = [registry.entries, registry.recognisers, registry.forms, registry.services]
    assert not any([*left, registry.dues, registry.followers])


async def test_one_plugin_may_serve_several_houses() -> None:
    log: list[str] = []
    plugin = shelf(log)
    for _ in range(2):
        async with play(plugin) as shop:
            mei = shop.customer("Mei")
            await mei.says("enormous")
            assert mei.replies == ["3 at 02:00"]
    assert log.count("shelf opens") == log.count("shelf closes") == 2


async def test_a_service_that_nobody_provides_stops_the_start() -> None:
    plugin = Plugin("needy")

    @plugin.on(always=True)
    async def want(turn: Turn, shelf: Shelf) -> None: ...

    _ = want
    with pytest.raises(InjectionError, match="nobody provides Shelf"):
        async with play(plugin):
            pass


async def test_providers_that_wait_for_each_other_stop_the_start() -> None:
    plugin = Plugin("circle")

    @plugin.provides
    async def one(report: Report) -> AsyncIterator[Shelf]:
        yield report.shelf

    @plugin.provides
    async def two(shelf: Shelf) -> AsyncIterator[Report]:
        yield Report(shelf)

    _ = (one, two)
    with pytest.raises(InjectionError, match=r"plugin circle: .* nobody provides Report"):
        async with play(plugin):
            pass


async def test_a_provider_that_fails_to_close_leaves_nothing_locked(tmp_path: Any) -> None:
    plugin = Plugin("sticky")

    @plugin.provides
    async def glue() -> AsyncIterator[Shelf]:
        yield Shelf(1)
        raise RuntimeError("stuck")

    _ = glue
    with pytest.raises(RuntimeError, match="stuck"):
        async with play(plugin, folder=tmp_path):
            pass
    async with play(folder=tmp_path) as shop:
        await shop.settle()


@pytest.mark.parametrize(
    ("enabled", "said"),
    [
        (["nowhere"], "there is no plugin 'nowhere'; there is: "),
        (["tests.core.stage:nothing"], "has no attribute 'nothing'"),
        (["tests.no_such_file:x"], "No module named"),
        (["tests.core.stage:cast"], "'tests.core.stage:cast' is not a Plugin"),
    ],
)
async def test_an_unknown_plugin(enabled: list[str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        async with open_shop(plugins=enabled):
            pass
    assert said in str(caught.value)


async def test_a_missing_requirement() -> None:
    with pytest.raises(SettingsError, match="'late' needs 'early'; add it to the list"):
        async with play(Plugin("late", requires=("early",))):
            pass


async def test_settings_of_a_plugin_are_checked() -> None:
    tables: list[tuple[dict[str, Any], str]] = [
        ({"shelf": {"sise": 1}}, r"plugins\.shelf\.sise: unknown key; allowed here: size"),
        ({"shelf": {"size": "big"}}, r"plugins\.shelf\.size = 'big'"),
        ({"faq": {}}, r"plugins\.faq: unknown key; allowed here: enabled, shelf"),
    ]
    for table, said in tables:
        with pytest.raises(SettingsError, match=said):
            async with play(shelf([]), settings={"plugins": table}):
                pass


def test_plugins_may_be_named_in_the_settings() -> None:
    settings = build({"plugins": {"enabled": [cast(Plugin("x"))], "x": {"a": 1}}})
    assert settings.plugins.table("x") == {"a": 1}
    assert settings.plugins.table("y") == {}
