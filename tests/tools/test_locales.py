import pytest

from tests.tools.conftest import Plant
from tools import locales

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
ZH = "locales/zh_CN/orders.po"
EN = "locales/en/orders.po"


def po(**messages: str) -> str:
    entries = (f'msgid "{key}"\nmsgstr "{text}"\n' for key, text in messages.items())
    return HEAD + "\n".join(entries)


def complaints(plant: Plant, zh: str, en: str) -> list[str]:
    return [f"{p.path}: {p.text}" for p in locales.check(plant({ZH: zh, EN: en}))]


def test_equal_catalogues_pass(plant: Plant) -> None:
    zh = po(sent="订单 {number} 已发货，共 {total:.2f} 元", plain="好", braces="{{x}}")
    en = po(plain="ok", sent="{total:.2f} yuan for order {number}", braces="{{y}}")

    assert complaints(plant, zh, en) == []


@pytest.mark.parametrize(
    ("zh", "en", "said"),
    [
        (po(a="甲", b="乙"), po(a="A"), f"{ZH}: 'b' is missing in {EN}"),
        (po(a="甲"), po(a="A", b="B"), f"{EN}: 'b' is missing in {ZH}"),
        (po(a="{x}"), po(a="{y}"), f"{ZH}: 'a' fills in {{x}}, but {{y}} in {EN}"),
        (po(a="甲"), po(a=""), f"{EN}: 'a' has no text"),
        (
            po(a="甲"),
            po(a="A").replace("\nmsgid", "\n#, fuzzy\nmsgid"),
            f"{EN}: 'a' is marked fuzzy",
        ),
    ],
)
def test_a_difference_is_found(plant: Plant, zh: str, en: str, said: str) -> None:
    assert complaints(plant, zh, en) == [said]


def test_broken_braces_are_found(plant: Plant) -> None:
    said = complaints(plant, po(a="{x"), po(a="{x"))

    assert [text for text in said if "broken" in text and ZH in text]


def test_plural_forms_count_together(plant: Plant) -> None:
    zh = HEAD + 'msgid "n"\nmsgid_plural "n"\nmsgstr[0] "{n} 件"\n'
    en = HEAD + 'msgid "n"\nmsgid_plural "n"\nmsgstr[0] "one {n}"\nmsgstr[1] "{n} items"\n'

    assert complaints(plant, zh, en) == []


def test_a_file_without_partner_is_found(plant: Plant) -> None:
    problems = list(locales.check(plant({"plugins/faq/locales/en/faq.po": po(a="A")})))

    assert [problem.text for problem in problems] == ["has no partner in zh_CN"]
