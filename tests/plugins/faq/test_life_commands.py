"""``xiaoer kb`` over the life of an entry, and the loop, as a trainer types it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from core.cli.problems import Refusal
from plugins.faq.commands import app

ENTRY = {"id": "a", "question": "怎么申请退货？", "answer": "先申请。", "tests": ["怎么申请退货呀"]}
THIEF = {"id": "t", "question": "退货多久？", "answer": "一周。", "keywords": ["怎么申请退货呀"]}


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(
        f'[database]\nurl = "sqlite://{tmp_path}/kb.db"\n[plugins]\nenabled = ["handoff", "faq"]\n'
        '[plugins.faq]\nencoder = "none"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("XIAOER_SETTINGS", str(file))
    monkeypatch.chdir(tmp_path)


def kb(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def rows(*words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in kb(*words, "--json").output.splitlines()]


def file_of(*entries: dict[str, Any]) -> str:
    text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    Path("kb.jsonl").write_text(text, "utf-8")
    return "kb.jsonl"


def refused(result: Result) -> str:
    assert isinstance(result.exception, Refusal), result.output
    return str(result.exception)


def test_from_draft_to_published_and_back() -> None:
    kb("import", file_of(ENTRY), "--by", "mei")
    kb("draft", file_of({**ENTRY, "answer": "先申请，再寄回。"}), "--by", "bo")
    assert [(row["answer"], row["reviewer"]) for row in rows("drafts")] == [
        ("先申请，再寄回。", "")
    ]
    assert "review" in refused(kb("publish", "a"))
    kb("review", "a", "--by", "mei")
    assert kb("publish", "a", "--by", "mei").exit_code == 0
    assert rows("drafts") == []
    assert [row["version"] for row in rows("history", "a")] == [2, 1]
    (change,) = rows("diff", "a")
    assert (change["old"], change["new"]) == ("先申请。", "先申请，再寄回。")
    kb("rollback", "a", "1")
    assert rows("diff", "a", "1") == []
    assert "9" in refused(kb("diff", "a", "9"))
    assert "nobody" in refused(kb("review", "nobody"))


def test_a_regression_is_refused_without_a_say_so() -> None:
    kb("import", file_of(ENTRY))
    rehearsed = kb("check", file_of(THIEF), "--json")
    assert rehearsed.exit_code == 1
    assert json.loads(rehearsed.output.splitlines()[0])["other"] == "t"
    assert "怎么申请退货呀" in refused(kb("import", "kb.jsonl"))
    assert len(rows("list")) == 1
    assert kb("import", "kb.jsonl", "--yes").exit_code == 0
    found = rows("check")
    assert [row["what"] for row in found if row["grave"]] == ["failed"]


def test_chats_become_a_candidate_that_is_approved_or_dismissed() -> None:
    kb("import", file_of(ENTRY))
    said = [("1", "能绣名字吗"), ("2", "能不能绣名字呀"), ("3", "有儿童款的吗")]
    lines = [
        {"conversation": chat, "role": role, "text": text}
        for chat, asked in said
        for role, text in (("customer", asked), ("agent", "可以的"))
    ]
    Path("chats.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    assert "3" in kb("learn", "chats.jsonl").output
    (candidate,) = rows("candidates")
    assert (candidate["count"], candidate["answer"]) == (2, "可以的")
    number = str(candidate["id"])
    approved = kb("approve", number, "--answer", "可以绣，20 元。", "--by", "mei")
    assert f"life-{number}" in approved.output
    assert rows("ask", "能绣名字吗")[0]["id"] == f"life-{number}"
    (other,) = rows("candidates", "--least", "1")
    kb("dismiss", str(other["id"]))
    assert rows("candidates", "--least", "1") == []
    assert number in refused(kb("approve", number))
    (board,) = rows("board")
    assert board["effects"][0]["asked_before"] == 2
    assert "覆盖率" in kb("board").output
