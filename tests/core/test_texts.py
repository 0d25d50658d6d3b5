"""Sentences: two locales, the shop's own words last, values in the locale's form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.texts import Money, Texts, nearest

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def folder(place: Path, **locales: dict[str, str]) -> Path:
    for locale, sentences in locales.items():
        (place / locale).mkdir(parents=True)
        entries = [f'msgid "{key}"\nmsgstr "{words}"\n' for key, words in sentences.items()]
        (place / locale / "test.po").write_text("\n".join(entries), "utf-8")
    return place


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    english = {
        "t.hello": "Hello {name}",
        "t.en": "only English",
        "t.when": "{at} {at:HH:mm}",
        "t.long": "in {span}",
        "t.cost": "{sum}",
        "t.odd": "{name.__class__}",
    }
    chinese = {"t.hello": "你好{name}", "t.cost": "{sum}", "t.when": "{at:HH:mm}"}
    return Texts([folder(tmp_path / "a", en=english, zh_CN=chinese)], SHANGHAI)


def test_each_reader_hears_their_language(texts: Texts) -> None:
    assert texts.render("t.hello", "en-US", name="Mei") == "Hello Mei"
    assert texts.render("t.hello", "zh-Hans", name="Mei") == "你好Mei"
    assert texts.render("t.hello", "fr", name="Mei") == "你好Mei"


def test_a_sentence_missing_in_one_language_is_said_in_another(texts: Texts) -> None:
    assert texts.render("t.en", "zh_CN") == "only English"


def test_a_missing_key_shows_as_itself(texts: Texts) -> None:
    assert texts.render("t.nowhere", "en", name="Mei") == "t.nowhere"
    assert not texts.has("t.nowhere")
    assert texts.has("t.en")


def test_times_are_those_of_the_shop(texts: Texts) -> None:
    assert texts.render("t.when", "zh_CN", at=NOON) == "12:00"
    assert texts.render("t.when", "en", at=NOON).endswith("12:00")


def test_spans_and_money_in_the_locales_form(texts: Texts) -> None:
    assert texts.render("t.long", "en", span=timedelta(hours=2)) == "in 2 hours"
    assert texts.render("t.cost", "zh_CN", sum=Money.fen(123456)) == "¥1,234.56"
    assert texts.render("t.cost", "en", sum=Money.fen(5)) == "CN¥0.05"


def test_a_sentence_cannot_reach_into_values(texts: Texts) -> None:
    with pytest.raises(ValueError, match="only plain names"):
        texts.render("t.odd", "en", name="Mei")


def test_the_shops_own_folder_wins(texts: Texts, tmp_path: Path) -> None:
    texts.add(folder(tmp_path / "b", zh_CN={"t.hello": "亲，{name}"}))
    assert texts.render("t.hello", "zh", name="Mei") == "亲，Mei"
    assert texts.render("t.hello", "en", name="Mei") == "Hello Mei"


def test_a_domain_as_a_page_takes_it(texts: Texts) -> None:
    assert texts.domain("t", "zh_CN")["t.en"] == "only English"


@pytest.mark.parametrize(
    ("tag", "locale"),
    [("", "zh_CN"), ("en", "en"), ("EN-gb", "en"), ("zh-TW", "zh_CN"), ("ja", "zh_CN")],
)
def test_nearest_locale(tag: str, locale: str) -> None:
    assert nearest(tag) == locale
