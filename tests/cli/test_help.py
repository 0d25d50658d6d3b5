"""The help page of every command, ours and those that plugins and adapters bring."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer

from core.cli.root import COMMANDS, build
from tests.warm import FORKED

SHOP = "[channels.a]\nadapter = 'wechat'\n[channels.b]\nadapter = 'wecom'\n"
BRACKETED = re.compile(r"\[[^\[\]]+\]")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_square_brackets_were_swallowed_by_the_help_pages(language: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(SHOP, "utf-8")
    process = FORKED.Process(target=_look, args=(language, tmp_path))
    process.start()
    process.join(40)
    assert process.exitcode == 0
    pages: list[dict[str, Any]] = json.loads((tmp_path / "pages.json").read_text("utf-8"))
    seen: set[str] = set()
    for page in pages:
        for word in BRACKETED.findall(" ".join(page["written"])):
            seen.add(word)
            assert _close(word) in _close(page["shown"]), (page["command"], word)
    assert {"[server]", "[retention]", "[plugins.console.sla]"} <= seen
    assert len(pages) > len(COMMANDS) + 60, "the commands of all plugins and adapters are here"


def _look(language: str, folder: Path) -> None:
    """Every page of one language, in a process of its own: a process has but one."""
    os.chdir(folder)
    os.environ.pop("XIAOER_SETTINGS", None)
    os.environ |= {"XIAOER_LANG": language, "COLUMNS": "400"}
    pages = [page for typed in ("", *COMMANDS) for page in _pages(build([typed]), typed)]
    (folder / "pages.json").write_text(json.dumps(pages), "utf-8")


def _pages(root: typer.Typer, typed: str) -> Iterator[dict[str, Any]]:
    command: Any = typer.main.get_command(root)
    if typed:
        yield from _walk(command.commands[typed], typed)
        return
    for name, below in command.commands.items():
        if name not in COMMANDS:
            yield from _walk(below, name)
    yield _page(command, "xiaoer")


def _walk(command: Any, name: str) -> Iterator[dict[str, Any]]:
    yield _page(command, name)
    for last, below in getattr(command, "commands", {}).items():
        yield from _walk(below, f"{name} {last}")


def _page(command: Any, name: str) -> dict[str, Any]:
    with redirect_stdout(StringIO()) as out:
        command.main(["--help"], prog_name=name, standalone_mode=False)
    below = getattr(command, "commands", {}).values()
    written = [getattr(one, "help", "") or "" for one in (command, *command.params, *below)]
    return {"command": name, "written": written, "shown": out.getvalue()}


def _close(words: str) -> str:
    """Without the spaces and lines that a table puts between them."""
    return "".join(words.split())
