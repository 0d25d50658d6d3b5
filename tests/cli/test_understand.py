"""``xiaoer understand eval``, as somebody with graded lines types it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.cli.conftest import SHOP, Folder

MESSAGES: list[dict[str, Any]] = [
    {"text": "这个杯子容量多大", "severity": 0, "urgent": 0},
    {"text": "怎么还不发货", "severity": 1, "urgent": 0},
    {"text": "现在就给我退钱，别拖", "severity": 2, "urgent": 1},
    {"text": "我要打12315投诉你们", "severity": 3, "urgent": 0},
]
ENTITIES: list[dict[str, Any]] = [
    {
        "text": "电话１３８ ００１３ ８０００",
        "entities": [{"type": "phone", "value": "13800138000"}],
    },
    {"text": "一共付了99.9元", "entities": []},
]


def with_lines(folder: Folder, name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    shop = SHOP.format(port=folder.port).replace('"faq"', '"complaints"')
    folder.settings(shop)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder.path / name).write_text(text, "utf-8")
    return name


def test_graded_messages(folder: Folder) -> None:
    file = with_lines(folder, "m.jsonl", MESSAGES)
    (result,) = folder.types("understand", "eval", "--messages", file, "--json").rows
    assert list(result) == [
        "n",
        "severity1",
        "severity2",
        "severity3",
        "urgent",
        "p50_ms",
        "p99_ms",
    ]
    assert result["n"] == 4
    assert result["severity2"] == {"p": 1.0, "r": 1.0, "f1": 1.0, "flagged": 0.5}
    assert result["urgent"]["f1"] == 1.0
    assert 0 < result["p50_ms"] <= result["p99_ms"]


def test_marked_entities(folder: Folder) -> None:
    file = with_lines(folder, "e.jsonl", ENTITIES)
    (result,) = folder.types("understand", "eval", "--entities", file, "--json").rows
    assert result == {
        "n": 2,
        "precision": 1.0,
        "recall": 1.0,
        "f1": 1.0,
        "by_type": {"phone": {"n": 1, "precision": 1.0, "recall": 1.0, "f1": 1.0}},
    }
    assert "f1: 1.0" in folder.types("understand", "eval", "--entities", file).out


def test_what_cannot_be_measured_is_said_in_words(folder: Folder) -> None:
    nothing = folder.types("understand", "eval")
    assert (nothing.code, "--messages" in nothing.err) == (2, True)
    gone = folder.types("understand", "eval", "--messages", "gone.jsonl")
    assert (gone.code, "gone.jsonl" in gone.err) == (2, True)
    file = with_lines(folder, "bad.jsonl", [MESSAGES[0], {"text": 1}])
    bad = folder.types("understand", "eval", "--messages", file, "--json")
    assert (bad.code, "line 2" in bad.err, "Traceback" in bad.err) == (2, True, False)
