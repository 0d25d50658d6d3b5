"""What is wrong with a file that a shop brings in is told in the shop's language."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.texts import Texts, bundled
from core.wrong import line
from plugins.faq import files as knowledge
from plugins.imports import BrokenFile
from plugins.orders import files as orders

TEXTS = Texts([bundled()], ZoneInfo("Asia/Shanghai"))
DAYS = "valid_from: %s, valid_to: 2026-10-01"
PAIR = f"items:\n - {{id: a, question: q, answer: x, category: c, {DAYS}}}"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("kb.txt", "", "1：认不出这种格式，可以用：.yaml, .yml, .csv, .xlsx, .jsonl"),
        ("kb.xlsx", "", "1：不是能读的表格：File is not a zip file"),
        ("kb.csv", "id,colour\n", "1：不认识这些列：colour。可以用的列：id, question"),
        ("kb.csv", "id,answer\na\n", "2：这一行有 1 格，表头有 2 列，对不上"),
        ("kb.yaml", "items:\n - id: a\n", "2：answer：必填，还没有写"),
        ("kb.yaml", PAIR % "soon", "2：valid_from：要写日期，例如 2026-10-01"),
        ("kb.yaml", PAIR % "2026-10-02", "2：生效日期晚于失效日期"),
        ("kb.jsonl", "{", "1：不是 JSON，第 2 个字符起读不懂"),
        ("orders.json", '[3, {"status": "gone"}', "1：status：只能是 'unpaid'"),
        ("orders.json", "[3", "1：列表没写完，末尾少了 ]"),
        ("orders.csv", "number\n", "1：里面没有订单"),
    ],
)
def test_mistakes_of_a_file_were_told_in_english(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    read = orders.read if name.startswith("orders") else knowledge.read
    with pytest.raises(BrokenFile) as caught:
        read(tmp_path / name)
    problems = caught.value.problems
    assert told in "\n".join(f"{at}：{line(problem, TEXTS, 'zh_CN')}" for at, problem in problems)
