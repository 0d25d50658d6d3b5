"""The examples as the documents tell a reader to keep them: in a folder of one's own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.docs.documents import ROOT

SETTINGS = """
[server]
port = 0  # a shop may be open on this machine
[channels.pigeon]
adapter = "pigeon.adapter:PigeonAdapter"
token = "the-token"
secret = "the-secret"
[plugins]
enabled = ["handoff", "callback.plugin:plugin", "faq"]
[plugins.callback]
within = 20
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for example in ("callback", "pigeon"):
        shutil.copytree(ROOT / "docs" / "examples" / example, tmp_path / example)
    (tmp_path / "settings.toml").write_text(SETTINGS, "utf-8")
    return tmp_path


def types(folder: Path, *words: str) -> list[dict[str, Any]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XIAOER")}
    done = subprocess.run(
        [sys.executable, "-m", "core.cli", *words, "--json"],
        cwd=folder,
        env={**kept, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "XIAOER_LANG": "en"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_plugin_answers(folder: Path) -> None:
    (rehearsed,) = types(folder, "explain", "能给我回个电话吗")
    assert rehearsed["handler"] == "callback.wanted"
    assert "手机号" in rehearsed["said"][0]


def test_the_plugin_brings_its_command(folder: Path) -> None:
    assert types(folder, "callbacks", "list") == []


def test_the_adapter_shows_what_it_can(folder: Path) -> None:
    topics = {row["topic"]: row["values"] for row in types(folder, "doctor")}
    assert topics["pigeon"]["max_text"] == 500
