"""The documents and the fenced blocks in them that are copies of something real.

A block says in its first line what it is a copy of::

    ```python file=docs/examples/callback/plugin.py     the whole file
    ```console scene=explain-faq                        what a command prints, see scenes.py
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMES = ("README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
BLOCK = re.compile(
    r"^```(?P<language>\w+) (?P<kind>file|scene)=(?P<name>\S+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")


@dataclass(frozen=True)
class Block:
    """One copy in a document."""

    document: Path
    kind: str
    name: str
    text: str


def documents() -> list[Path]:
    """Every document of the project."""
    top = [ROOT / name for name in NAMES if (ROOT / name).is_file()]
    return [*top, *sorted((ROOT / "docs").rglob("*.md"))]


def blocks() -> Iterator[Block]:
    """Every copy in every document."""
    for document in documents():
        for found in BLOCK.finditer(document.read_text("utf-8")):
            yield Block(document, found["kind"], found["name"], found["text"])


def links(document: Path) -> Iterator[str]:
    """What a document points at inside the project."""
    for found in LINK.finditer(document.read_text("utf-8")):
        target = found[1] or found[2]
        if "://" not in target and not target.startswith(("#", "mailto:")):
            yield target.partition("#")[0]


def rewrite(document: Path, real: Callable[[str, str], str]) -> bool:
    """Put what ``real(kind, name)`` says into every block; whether anything changed."""

    def fresh(found: re.Match[str]) -> str:
        head = f"```{found['language']} {found['kind']}={found['name']}"
        return f"{head}\n{real(found['kind'], found['name'])}```"

    before = document.read_text("utf-8")
    after = BLOCK.sub(fresh, before)
    document.write_text(after, "utf-8")
    return after != before
