"""How well the lexicon grades, on own messages; the floors are what it reached when written."""

import json
import random
import time
import tomllib
from pathlib import Path

import msgspec
import pytest

from core.understand.measure import Graded, messages
from core.understand.normalise import normalise
from core.understand.understanding import Understanding
from plugins.complaints.scales import FILE, NOTHING, weigh
from plugins.complaints.severity import Severity, read
from plugins.complaints.train import samples, spread, train

ROOT = Path(__file__).parents[3]
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


def heard(text: str) -> Understanding:
    """As the shop hears it."""
    plain = normalise(text)
    reading = read(plain)
    marks = {"severity": reading.severity.score, "urgent": float(reading.urgent)}
    return Understanding(text, plain, marks=marks)


def test_messages_never_tuned_on() -> None:
    lines = (DATA / "unseen.jsonl").read_text(encoding="utf-8").splitlines()
    result = messages([msgspec.json.decode(line, type=Graded) for line in lines], heard)
    assert msgspec.convert(result["severity3"], dict[str, float])["r"] >= 0.94
    floors = {"severity1": 0.9, "severity2": 0.9, "severity3": 0.92, "urgent": 0.9}
    scores = {name: msgspec.convert(result[name], dict[str, float])["f1"] for name in floors}
    assert {name for name, floor in floors.items() if scores[name] < floor} == set()


def test_a_message_costs_little() -> None:
    texts = [normalise(row["text"]) for row in GRADED]
    times: list[float] = []
    for text in texts * 3:
        began = time.perf_counter()
        read(text)
        times.append(time.perf_counter() - began)
    assert sorted(times)[len(times) // 2] < 0.001  # 0.12 ms on a quiet machine


def test_the_scale_is_small_and_calm_about_nothing() -> None:
    assert (ROOT / "plugins" / "complaints" / FILE).stat().st_size < 1_000_000
    assert weigh("") == weigh("[\u9f13\u638c]") == NOTHING


def test_training_is_repeatable() -> None:
    rows = samples()
    assert len(rows) > 10_000
    assert rows == samples()
    assert len(set(spread("[a|b|]c[d|e]", random.Random(1), 3))) == 3
    small = [row for row in rows if row.weight > 1][::40]
    weights = train(small)
    assert weights == train(small)
    assert len(weights[""]) == 4


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


@pytest.mark.parametrize("text", ["嗯我找找看", "找找吧", "我翻翻订单", "等我看下哈"])
def test_looking_for_the_order_number_is_no_complaint(text: str) -> None:
    assert read(normalise(text)).severity is Severity.NONE
