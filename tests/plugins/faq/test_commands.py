"""``xiaoer kb`` as staff use it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.problems import Refusal
from plugins.faq.commands import app
from plugins.faq.files import read

DATA = Path(__file__).parents[2] / "data" / "faq"
run = CliRunner()


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(
        f'[database]\nurl = "sqlite://{tmp_path}/kb.db"\n[plugins]\nenabled = ["handoff", "faq"]\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("XIAOER_SETTINGS", str(file))
    monkeypatch.chdir(tmp_path)


def test_import_list_ask_export(tmp_path: Path) -> None:
    first = run.invoke(app, ["import", str(DATA / "shop_faq.csv"), "--json"])
    assert json.loads(first.output) == {"new": 133, "changed": 0, "same": 0}
    again = run.invoke(app, ["import", str(DATA / "shop_faq.yaml")])
    assert "133 条没有变化" in again.output
    listed = run.invoke(app, ["list", "--category", "发票", "--json"]).output.splitlines()
    assert len(listed) == 8
    found = run.invoke(app, ["ask", "拍下多久发货", "--json"]).output.splitlines()
    assert json.loads(found[0])["id"] == "shop-042"
    out = tmp_path / "out.jsonl"
    run.invoke(app, ["export", str(out)])
    assert read(out) == read(DATA / "shop_faq.yaml")


def test_a_broken_file_names_its_lines_and_changes_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "kb.csv"
    broken.write_text("id,question,answer\na,q,a\nb,,a\n", encoding="utf-8")
    result = run.invoke(app, ["import", str(broken)])
    assert isinstance(result.exception, Refusal)
    assert "kb.csv:3: question" in str(result.exception)
    assert isinstance(run.invoke(app, ["import", "nowhere.csv"]).exception, Refusal)
    assert run.invoke(app, ["list", "--json"]).output == ""


def test_eval_needs_no_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOER_SETTINGS", str(tmp_path / "nowhere.toml"))
    asked = str(DATA / "questions_b.jsonl")
    result = run.invoke(
        app, ["eval", "--kb", str(DATA / "shop_faq.csv"), "--queries", asked, "--json"]
    )
    found = json.loads(result.output)
    names = "n_in n_out top1 top3 mrr10 auroc answered_right answered_wrong clarify_hit"
    assert [*found] == [*names.split(), "oos_answered", "p50_ms", "p99_ms", "rss_mb"]
    assert (found["n_in"], found["n_out"]) == (82, 30)
    broken = tmp_path / "q.jsonl"
    broken.write_text('{"query": "a", "gold": null}\n{"query": 3}\n', encoding="utf-8")
    wrong = run.invoke(app, ["eval", "--kb", str(DATA / "shop_faq.csv"), "--queries", str(broken)])
    assert "q.jsonl:2" in str(wrong.exception)
