"""What the documents show is what there is: code, output of commands, links."""

import asyncio
from pathlib import Path

import pytest

from tests.docs.documents import ROOT, Block, blocks, documents, links
from tests.docs.scenes import SAID, play, visit

REFRESH = "after a wanted change: python -m tests.docs.refresh"
SHOWN_AS = {"README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"}


def of_kind(kind: str) -> list[Block]:
    return [block for block in blocks() if block.kind == kind]


@pytest.mark.parametrize("block", of_kind("file"), ids=lambda b: f"{b.document.stem}:{b.name}")
def test_code_is_the_files_own(block: Block) -> None:
    assert block.text == (ROOT / block.name).read_text("utf-8"), REFRESH


def test_every_example_file_is_shown() -> None:
    shown = {ROOT / block.name for block in of_kind("file")}
    examples = {p for p in (ROOT / "docs/examples").rglob("*") if p.suffix in {".py", ".toml"}}
    assert {p for p in examples if p.name != "__init__.py"} <= shown


@pytest.mark.timeout(150)  # ten commands, and a shop
def test_commands_print_what_is_shown(tmp_path: Path) -> None:
    scenes = play(tmp_path, asyncio.run(visit(tmp_path)))
    shown = {block.name: block.text for block in of_kind("scene")}
    assert len(shown) == 2 * len(SAID)
    for name, text in shown.items():
        assert scenes[name] == text, REFRESH


@pytest.mark.parametrize("document", documents(), ids=lambda d: str(d.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    gone = [target for target in links(document) if not (document.parent / target).exists()]
    assert not gone


def test_all_documents_are_there() -> None:
    assert {d.name for d in documents()} >= SHOWN_AS
