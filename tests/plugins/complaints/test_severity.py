"""How well the lexicon grades, on own messages; the floors are what it reached when written."""

import json
import tomllib
from pathlib import Path

import pytest

from plugins.complaints.severity import Severity, read

DATA = Path(__file__).parents[2] / "data" / "complaints"
GRADED = [
    json.loads(line) for line in (DATA / "messages.jsonl").read_text(encoding="utf-8").splitlines()
]
FURTHER: dict[str, list[str]] = tomllib.loads((DATA / "further.toml").read_text(encoding="utf-8"))
GRADES = {
    "severe": Severity.SEVERE,
    "clear": Severity.CLEAR,
    "mild": Severity.MILD,
    "none": Severity.NONE,
}


def test_the_graded_messages() -> None:
    wrong = [m for m in GRADED if int(read(m["text"]).severity) != m["severity"]]
    assert wrong == []
    assert [m for m in GRADED if read(m["text"]).urgent != bool(m["urgent"])] == []


@pytest.mark.parametrize("name", GRADES)
def test_further_messages(name: str) -> None:
    assert [text for text in FURTHER[name] if read(text).severity is not GRADES[name]] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("快递半个月了还没到，气死我了", "delivery"),
        ("质量太烂了，纯属浪费钱", "quality"),
        ("退款一直不到账，什么意思", "refund"),
        ("客服态度恶劣，我要投诉", "attitude"),
        ("三次发错货，你们仓库是瞎的吗", "wrong_item"),
        ("喝了以后上吐下泻，马上给我处理", "safety"),
        ("必须给我个说法", "other"),
    ],
)
def test_the_kind_of_complaint(text: str, kind: str) -> None:
    assert read(text).kind == kind


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("I want to complain, this is unacceptable", 2),
        ("my charger caught fire", 3),
        ("where is my order", 1),
        ("do you ship to Hangzhou?", 0),
        ("I will sue you, you idiots", 3),
    ],
)
def test_english(text: str, severity: int) -> None:
    assert int(read(text).severity) == severity


def test_spaces_and_case_hide_nothing() -> None:
    assert read("恶 心死了").severity is Severity.CLEAR
    assert read("傻X主播").severity is Severity.SEVERE
    assert read("").severity is Severity.NONE
    assert read("啊" * 5000).severity is Severity.NONE
