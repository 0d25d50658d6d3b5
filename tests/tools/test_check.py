import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

import pytest

from tests.tools.conftest import Plant
from tools import check
from tools.tree import Problem, Tree


def rule(note: bool, tree: Tree) -> Iterator[Problem]:
    del tree
    yield Problem(PurePosixPath("a.py"), 3, "too long", note)


def test_a_problem_fails_and_a_note_does_not(plant: Plant) -> None:
    tree = plant({})

    assert check.run_rule(partial(rule, False), tree) == (False, "a.py:3: too long", 0.0)
    assert check.run_rule(partial(rule, True), tree) == (True, "a.py:3: note: too long", 0.0)


def test_the_summary_names_what_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results = {"good": check.Result(True, ""), "bad": check.Result(False, "a.py:1: no")}

    def checks(_: Tree) -> dict[str, Callable[[], check.Result]]:
        return {name: partial(results.__getitem__, name) for name in results}

    monkeypatch.setattr(check, "checks", checks)

    assert check.main([]) == 1
    assert check.main(["good"]) == 0
    assert check.main(["ugly"]) == 2
    output = capsys.readouterr().out
    assert "── bad\na.py:1: no" in output
    assert "FAILED  bad" in output
    assert "ok      good" in output


def test_ignored_files_are_not_looked_at(plant: Plant, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    tree = plant({".gitignore": "/data/", "data/secret.py": "", "core/new.py": ""})

    assert [s.path.as_posix() for s in tree.sources] == [".gitignore", "core/new.py"]


def test_an_archive_without_git_is_looked_at(
    plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    tree = plant({".venv/lib.py": "", "core/new.py": "", "core/picture.png": ""})
    (tmp_path / "core/picture.png").write_bytes(b"\x89PNG\xff")

    assert [s.path.as_posix() for s in tree.sources] == ["core/new.py"]
