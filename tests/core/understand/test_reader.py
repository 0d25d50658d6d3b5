import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from core.understand import Understanding
from core.understand.numerals import amount
from core.understand.reader import Reader


@pytest.mark.parametrize(
    ("raw", "language"),
    [
        ("你好", "zh"),
        ("where is my order", "en"),
        ("hello", "en"),
        ("ok", "zh"),
        ("XXXXL", "zh"),
        ("SF1627736039879", "zh"),
        ("帮我check一下order", "zh"),
        ("https://example.com/a", "zh"),
        ("666", "zh"),
    ],
)
def test_language(raw: str, language: str) -> None:
    assert Reader().read(raw).language == language


def test_reads_everything_once_in_order() -> None:
    seen: list[str] = []

    def first(text: Understanding) -> None:
        seen.append(text.plain)
        text.intents["track"] = 0.9

    def second(text: Understanding) -> None:
        text.marks["urgent"] = text.intents["track"]

    read = Reader([first, second]).read(
        "订单６９９４４７４６０５４７４２７０１９７，电话13812345678！"
    )
    assert seen == [read.plain]
    assert read.raw.startswith("订单６")
    assert read.first("order_no") == "6994474605474270197"
    assert read.all("phone") == ["13812345678"]
    assert read.marks == {"urgent": 0.9}


def test_a_failing_recogniser_costs_only_its_own_marks() -> None:
    def broken(text: Understanding) -> None:
        raise ValueError(text.plain)

    def sound(text: Understanding) -> None:
        text.marks["urgent"] = 1.0

    with capture_logs() as logs:
        read = Reader([broken, sound]).read("在吗")
    assert read.marks == {"urgent": 1.0}
    assert [(log["event"], log["log_level"]) for log in logs] == [("recogniser failed", "error")]
    assert "broken" in logs[0]["recogniser"]


def test_nothing_visible_is_not_shown_to_recognisers() -> None:
    def broken(text: Understanding) -> None:
        raise AssertionError(text)

    with capture_logs() as logs:
        assert Reader([broken]).read(" \u200b ").plain == ""
    assert logs == []


@given(st.text(max_size=80))
def test_any_text_can_be_read(raw: str) -> None:
    read = Reader().read(raw)
    assert read.raw == raw
    assert read.language in {"zh", "en"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("三", 3),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("两百五", 250),
        ("一百零五", 105),
        ("一千二", 1200),
        ("一百二十三", 123),
        ("一万五", 15000),
        ("三七", 37),
        ("一二十", None),
        ("x", None),
    ],
)
def test_amount(text: str, value: int | None) -> None:
    assert amount(text) == value
