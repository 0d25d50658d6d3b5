"""Every table that knows whose a row is has been declared, for export and erasing (S-486)."""

from __future__ import annotations

from importlib import import_module
from inspect import getmembers, isclass

import pytest
from tortoise.models import Model

from core.contacts.kept import kept
from core.settings import PluginsSettings

ONE = {"contact", "contact_id", "conversation", "conversation_id", "message_id"}
SEVERAL = {"people"}  # numbers of contacts in a list


@pytest.mark.parametrize("name", ["core", *PluginsSettings().enabled, "grounded"])
def test_every_table_with_a_person_in_it_is_declared(name: str) -> None:
    module, declared = f"plugins.{name}.models", set[str]()
    if name == "core":
        module = "core.store.models"
        declared = {holding.model.__name__ for holding in kept()}
    else:
        plugin = import_module(f"plugins.{name}.plugin").plugin
        declared = {holding.model.__name__ for holding in plugin.holdings}
        if not plugin.models:
            return
    tables = {
        table.__name__
        for _, table in getmembers(import_module(module), isclass)
        if issubclass(table, Model) and table.__module__ == module
        if (ONE | SEVERAL) & table._meta.fields_map.keys()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the library's own way
    }
    assert tables <= declared, f"plugin.holds() of {name} lacks {sorted(tables - declared)}"
