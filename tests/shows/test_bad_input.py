"""Bad input to the process: one clear reason, exit code 2, no stack trace, no lost neighbour."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Folder
from tests.shows.house import open_house
from tests.warm import Ended

pytestmark = pytest.mark.timeout(120)  # whole processes, on a machine under load

KNOWLEDGE = """
- id: good
  question: 在哪里买
  answer: 就在这里
- id: bad
  qestion: 写错了字
  answer: 没用
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def refused(ended: Ended, *words: str) -> None:
    """Ended with these words and no more than a few lines."""
    assert ended.code == 2, ended
    assert not [word for word in words if word not in ended.err], ended.err
    assert "Traceback" not in ended.err
    assert len(ended.err.splitlines()) <= 4


def test_a_database_that_another_program_holds(folder: Folder) -> None:
    folder.types("ledger", "list")  # makes it
    with closing(sqlite3.connect(folder.path / "data" / "xiaoer.db", isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        refused(folder.types("run"), "xiaoer.db", "locked", "another program")
        db.execute("ROLLBACK")


@pytest.mark.parametrize("url", ["mysql://me:secret@host/shop", "shop.db"])
def test_an_engine_that_we_do_not_speak(folder: Folder, url: str) -> None:
    folder.settings(f'[database]\nurl = "{url}"\n')
    ended = folder.types("run")
    refused(ended, "[database] url", "sqlite://")
    assert "secret" not in ended.err


def test_a_damaged_database(folder: Folder) -> None:
    (folder.path / "data").mkdir()
    torn = b"SQLite format 3\0" + b"\xff" * 5000
    (folder.path / "data" / "xiaoer.db").write_bytes(torn)
    refused(folder.types("run"), "xiaoer.db")


def test_a_recording_that_is_not_there(folder: Folder) -> None:
    (folder.path / "comments.jsonl").unlink()
    refused(folder.types("run"), "comments.jsonl", "No such file")


async def test_a_broken_knowledge_file_changes_nothing(folder: Folder) -> None:
    (folder.path / "settings.toml").unlink()  # the demo shop
    (folder.path / "kb.yaml").write_text(KNOWLEDGE, "utf-8")
    async with open_house(folder.path) as house:
        before = await house.rows("kb", "list")
        refused(folder.types("kb", "import", "kb.yaml"), "kb.yaml:5: qestion", "question")
        assert await house.rows("kb", "list") == before
