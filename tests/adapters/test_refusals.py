"""What an adapter says of its refusals can be read in both languages."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from core.adapter import Adapter
from core.settings import build
from core.texts import Texts, bundled

ADAPTERS = {entry.name: entry.load() for entry in entry_points(group="xiaoer.adapters")}


@pytest.mark.parametrize("name", ADAPTERS)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_refusal_that_means_something_has_its_sentence(name: str, language: str) -> None:
    adapter: type[Adapter] = ADAPTERS[name]
    texts = Texts([bundled()], build({}).shop.zone, language)
    for key in adapter.refusals.values():
        assert "7" in texts.render(key, language, count=7)
