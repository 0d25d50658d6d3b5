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
