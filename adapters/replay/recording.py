"""Reading a recording: a line is a comment, and no line is ever held longer than it may be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec

from core.settings import SettingsError

MAX_LINE = 64 * 1024
"""Bytes; a longer line is refused without being kept."""
_PACKAGE = "package:"
_PROBED = 20


Id = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"\A[^\x00]*\Z")]
Words = Annotated[str, msgspec.Meta(max_length=2000, pattern=r"\A[^\x00]*\Z")]


class Comment(msgspec.Struct, frozen=True):
    """One recorded comment; ``at_ms`` is Unix milliseconds. Other fields are ignored."""

    id: Id
    text: Words
    at_ms: Annotated[int, msgspec.Meta(ge=0, le=2**42)]
    user_id: Id
    user_name: Words = ""
    room_id: Annotated[str, msgspec.Meta(max_length=128)] = ""
    on_air_link: int | None = None


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no comment: its number, from 1, and why."""

    number: int
    reason: str


class RecordingError(SettingsError):
    """The file is missing, unreadable or no recording; the message names the path."""

    def __init__(self, problem: str) -> None:
        """``problem`` begins with the source as the settings give it."""
        super().__init__([problem])


_decoder = msgspec.json.Decoder(Comment)


class Recording:
    """A recording on disk or inside a package; keep it open while it is played."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._path: Path | None = None
        self._resources = ExitStack()

    def open(self) -> None:
        """Find the file and look at its first lines; raises :class:`RecordingError`."""
        self._path = self._find()
        try:
            lines = self._probe()
        except OSError as error:
            raise RecordingError(f"{self.source}: {error.strerror or error}") from error
        bad = [line for line in lines if isinstance(line, BadLine)]
        if not lines:
            raise RecordingError(f"{self.source}: the file holds no comment")
        if len(bad) == len(lines):
            first = bad[0]
            raise RecordingError(f"{self.source}, line {first.number}: {first.reason}")

    def close(self) -> None:
        """Give up a file that was unpacked from a package."""
        self._resources.close()

    def lines(self) -> Iterator[Comment | BadLine]:
        """The recording from its beginning, one line at a time; empty lines are skipped.

        Raises:
            OSError: the file went away.
        """
        if self._path is None:
            raise RecordingError(f"{self.source}: not open")
        with self._path.open("rb") as file:
            for number, line in enumerate(_bounded(file), 1):
                if len(line) > MAX_LINE:
                    yield BadLine(number, f"longer than {MAX_LINE} bytes")
                elif line.strip():
                    yield _parse(number, line)

    def _probe(self) -> list[Comment | BadLine]:
        return [line for line, _ in zip(self.lines(), range(_PROBED), strict=False)]

    def _find(self) -> Path:
        if not self.source.startswith(_PACKAGE):
            return Path(self.source)
        package, _, name = self.source.removeprefix(_PACKAGE).partition("/")
        try:
            return self._resources.enter_context(as_file(files(package).joinpath(name)))
        except (ImportError, OSError, ValueError) as error:
            raise RecordingError(f"{self.source}: {error}") from error


def _bounded(file: BinaryIO) -> Iterator[bytes]:
    """Lines; of a line that is too long only its beginning, one byte over the limit."""
    while line := file.readline(MAX_LINE + 1):
        yield line
        while len(line) > MAX_LINE and not line.endswith(b"\n"):
            if not (line := file.readline(MAX_LINE + 1)):
                return


def _parse(number: int, line: bytes) -> Comment | BadLine:
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return BadLine(number, str(error))
