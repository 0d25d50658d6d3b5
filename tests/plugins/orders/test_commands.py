"""``xiaoer orders`` as staff use it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.problems import Refusal
from plugins.orders.commands import app

run = CliRunner()
NUMBER = "6799774500556622756"
CSV = (
    "number,phone,status,parcels\n"
    f"{NUMBER},13800001234,shipped,yuantong:YT8800000000001\n"
    "6799774500556622757,13800001235,unpaid,\n"
)


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(
        f'[database]\nurl = "sqlite://{tmp_path}/o.db"\n[plugins]\nenabled = ["orders"]\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("XIAOER_SETTINGS", str(file))


def test_import_list_show(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(CSV, encoding="utf-8")
    assert "新增 2 笔" in run.invoke(app, ["import", str(file)]).output
    file.write_text(CSV.replace("unpaid", "paid"), encoding="utf-8")
    changed = json.loads(run.invoke(app, ["import", str(file), "--json"]).output)
    assert changed == {"count": 2, "new": 0, "changed": 1}
    assert len(run.invoke(app, ["list", "--json"]).output.splitlines()) == 2
    shown = json.loads(run.invoke(app, ["show", "YT8800000000001", "--json"]).output)
    assert (shown["number"], shown["phone"]) == (NUMBER, "138****1234")
    assert run.invoke(app, ["show", "1"]).exit_code == 1


def test_a_broken_file_names_its_lines_and_changes_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "orders.csv"
    broken.write_text(CSV + "x,1,gone,\n", encoding="utf-8")
    result = run.invoke(app, ["import", str(broken)])
    assert isinstance(result.exception, Refusal)
    assert "orders.csv:4: number" in str(result.exception)
    assert run.invoke(app, ["list", "--json"]).output == ""
