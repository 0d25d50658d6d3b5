"""How well messages are graded, on own ones; the floors are what was reached when written."""

import json
import random
import re
import time
import tomllib
from hashlib import sha1
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


# What was reached when written, less a hundredth.
FLOORS = {
    "unseen.jsonl": {
        "severity1 f1": 0.92,
        "severity2 f1": 0.93,
        "severity3 f1": 0.97,
        "severity3 r": 0.98,
        "urgent f1": 0.97,
    },
    "second.jsonl": {  # a development set: its errors were read
        "severity1 f1": 0.95,
        "severity2 f1": 0.95,
        "severity3 f1": 0.97,
        "severity3 r": 0.98,
        "urgent f1": 0.96,
    },
    "third.jsonl": {
        "severity1 f1": 0.92,
        "severity2 f1": 0.92,
        "severity3 f1": 0.9,
        "severity3 r": 0.92,
        "urgent f1": 0.9,
    },
    "fourth.jsonl": {
        "severity1 f1": 0.92,
        "severity2 f1": 0.95,
        "severity3 f1": 0.95,
        "severity3 r": 0.96,
        "urgent f1": 0.83,  # its writers call a wound of yesterday not urgent; we do
    },
    "fifth.jsonl": {
        "severity1 f1": 0.92,
        "severity2 f1": 0.92,
        "severity3 f1": 0.9,
        "severity3 r": 0.94,
        "urgent f1": 0.9,
    },
    "seventh.jsonl": {
        "severity1 f1": 0.92,
        "severity2 f1": 0.92,
        "severity3 r": 0.96,
        "urgent f1": 0.95,
    },
    "eighth.jsonl": {  # measured once, when all was done: the bars
        "severity1 f1": 0.92,
        "severity2 f1": 0.9,
        "severity3 r": 0.96,
        "urgent f1": 0.95,
    },
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


@pytest.mark.parametrize("file", FLOORS)
def test_messages_nobody_trained_on(file: str) -> None:
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    result = messages([msgspec.json.decode(line, type=Graded) for line in lines], heard)
    scores = {
        f"{name} {ratio}": msgspec.convert(result[name], dict[str, float])[ratio]
        for name, ratio in (key.split() for key in FLOORS[file])
    }
    assert {key: score for key, score in scores.items() if score < FLOORS[file][key]} == {}


def test_a_message_costs_little() -> None:
    texts = [normalise(row["text"]) for row in GRADED]
    times: list[float] = []
    for text in texts * 3:
        began = time.perf_counter()
        read(text)
        times.append(time.perf_counter() - began)
    assert sorted(times)[len(times) // 2] < 0.001  # 0.12 ms on a quiet machine


def test_the_scale_is_small_and_calm_about_nothing() -> None:
    assert (ROOT / "plugins" / "complaints" / FILE).stat().st_size < 1_100_000
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


ASKED = ("邮费谁掏", "运费算谁的", "换货的话邮费哪边出", "你们几点下班", "你们家收旧货不")


@pytest.mark.parametrize("text", ASKED)
def test_an_ordinary_question_about_postage_or_hours_is_no_complaint(text: str) -> None:
    assert read(normalise(text)).severity is Severity.NONE


# Subjects of complaints: what people say about them may well be one.
GRIEVANCES = re.compile(
    "人工客服|扣款|多久发货|预售|不更新|签收|丢件|破损|拆成|态度|拒收|到账|支付失败"
    "|质量问题|不符|少件|发错了|被拒绝|怎么投诉|无法使用|抢不到|没收到|发不出|卡顿|骂人"
)


def test_questions_nobody_trained_on_are_seldom_complaints() -> None:
    """A third of the wordings that ship is kept out of the training, chosen by its hash."""
    learned = {row.text for row in samples()}
    subjects = tomllib.loads((ROOT / "plugins/faq/subjects.toml").read_text(encoding="utf-8"))
    aside = [
        wording
        for subject, wordings in subjects.items()
        if not GRIEVANCES.search(subject)
        for wording in wordings
        if sha1(wording.encode(), usedforsecurity=False).digest()[0] % 3 == 0
        and wording not in learned
    ]
    assert len(aside) > 1500
    clear = [text for text in aside if read(normalise(text)).severity >= Severity.CLEAR]
    assert len(clear) / len(aside) < 0.02, clear


@pytest.mark.parametrize("text", ["今天能发吗", "我拍错了想取消", "我要打12315投诉你们"])
def test_what_can_wait_is_not_urgent(text: str) -> None:
    assert not read(normalise(text)).urgent


@pytest.mark.parametrize(
    "text", ["卡还在被盗刷，先帮我止付", "门反锁了，孩子在里面", "先别发货，地址错了"]
)
def test_what_cannot_wait_is_urgent(text: str) -> None:
    assert read(normalise(text)).urgent


@pytest.mark.parametrize("text", ["嗯我找找看", "找找吧", "我翻翻订单", "等我看下哈"])
def test_looking_for_the_order_number_is_no_complaint(text: str) -> None:
    assert read(normalise(text)).severity is Severity.NONE
