"""A little project on disk for the checkers to look at."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.tree import Tree

Plant = Callable[[dict[str, str]], Tree]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Writes files by path and returns the tree they make."""

    def write(files: dict[str, str]) -> Tree:
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return Tree(tmp_path)

    return write
