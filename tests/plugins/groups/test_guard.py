import tomllib
from pathlib import Path

import pytest

from plugins.groups.face import check

TEXTS: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "texts.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("text", TEXTS["unlawful"])
def test_unlawful_wording_is_found(text: str) -> None:
    found = check(text)
    assert found
    assert all(v.phrase and v.law for v in found)


@pytest.mark.parametrize("text", TEXTS["lawful"])
def test_lawful_wording_passes(text: str) -> None:
    assert check(text) == []


def test_the_phrase_and_the_law_are_named() -> None:
    found = check("五星好评返现5元")[0]
    assert found.rule == "praise"
    assert "第九条" in found.law
    assert found.reason == "groups.guard_praise"
