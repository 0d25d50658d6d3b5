"""The project's own files, read once and shared by all checkers."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

SHIPPED = ("core", "adapters", "plugins")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend, in the form editors can jump to. A note does not fail the check."""

    path: PurePosixPath
    line: int
    text: str
    note: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'note: ' if self.note else ''}{self.text}"


@dataclass(frozen=True)
class Source:
    """One text file of the project; its path is relative to the project's root."""

    path: PurePosixPath
    text: str

    @property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self.text.splitlines()

    @property
    def room(self) -> str:
        """The first folder: core, adapters, plugins, tests ..."""
        return self.path.parts[0]

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; a file that does not parse counts as empty (ruff reports it)."""
        try:
            return ast.parse(self.text)
        except SyntaxError:
            return ast.Module([], [])

    def problem(self, line: int, text: str, *, note: bool = False) -> Problem:
        """A problem on a line of this file."""
        return Problem(self.path, line, text, note)


class Tree:
    """All text files that belong to the project: tracked by git, or new and not ignored."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def sources(self) -> list[Source]:
        """Every file that is text."""
        return [source for path in self._paths() if (source := self._read(path))]

    def code(self, *rooms: str) -> Iterator[Source]:
        """The Python files, of these rooms or of all."""
        for source in self.sources:
            if source.path.suffix == ".py" and (not rooms or source.room in rooms):
                yield source

    def _paths(self) -> list[PurePosixPath]:
        listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        done = subprocess.run(listing, cwd=self.root, capture_output=True, check=False)
        if done.returncode:  # an unpacked archive has no git
            found = [path.relative_to(self.root) for path in self.root.rglob("*")]
            names = {p.as_posix() for p in found if not any(x.startswith(".") for x in p.parts)}
        else:
            names = set(done.stdout.decode().split("\0")) - {""}
        return sorted(map(PurePosixPath, names))

    def _read(self, path: PurePosixPath) -> Source | None:
        file = self.root / path
        if file.is_symlink() or not file.is_file():
            return None
        try:
            return Source(path, file.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            return None
