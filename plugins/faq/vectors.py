"""Vectors that are kept over a restart: by what the text says and which model read it.

One file a model, memory-mapped: rows of half precision in the order of their keys. It holds what
is asked of it now; what nobody asks for any more is left out when it is written anew.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from plugins.faq.layout import Floats

log = structlog.get_logger(__name__)


class Known(Protocol):
    """Where vectors of texts may be known from: a mapping, or the file."""

    def get(self, text: str, /) -> Floats | None:
        """The vector of a text, if it is known."""
        ...


def key_of(text: str) -> int:
    """Sixty-four bits that stand for a text."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())


class VectorFile:
    """The vectors of one model; without a folder they are only remembered."""

    def __init__(self, folder: Path | None, model: str) -> None:
        """Read what is there; a file that cannot be read is written anew."""
        self._path = folder / f"vectors-{model}.npy" if folder else None
        self._keys: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._rows: NDArray[np.float16] = np.zeros((0, 1), np.float16)
        self._fresh: dict[int, NDArray[np.float16]] = {}
        if self._path:
            self._open(self._path)

    def get(self, text: str, /) -> Floats | None:
        """The vector of a text, if it is known."""
        row = self._row(key_of(text))
        return None if row is None else row.astype(np.float32)

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """Those of the texts whose vector is not known."""
        return [text for text in dict.fromkeys(texts) if text and self.get(text) is None]

    def add(self, texts: Sequence[str], rows: Floats) -> None:
        """Remember vectors."""
        for text, row in zip(texts, rows.astype(np.float16), strict=True):
            self._fresh[key_of(text)] = row

    def keep(self, texts: Sequence[str]) -> None:
        """Write the vectors of these texts, if there are new ones, and forget all others.

        Where nothing can be written they are encoded once more after the next start.
        """
        if not self._fresh or self._path is None:
            return
        wanted = sorted({key_of(text) for text in texts if text})
        found = [(key, row) for key in wanted if (row := self._row(key)) is not None]
        if not found:
            return
        table = np.zeros(len(found), [("key", "<u8"), ("row", "<f2", (len(found[0][1]),))])
        for at, one in enumerate(found):
            table[at] = one
        try:
            _write(table, self._path)
        except OSError as error:
            log.warning("faq.vectors_not_kept", file=str(self._path), reason=str(error))
            return
        self._fresh.clear()
        self._open(self._path)

    def _row(self, key: int) -> NDArray[np.float16] | None:
        if (row := self._fresh.get(key)) is not None:
            return row
        at = int(np.searchsorted(self._keys, np.uint64(key)))
        known = at < len(self._keys) and int(self._keys[at]) == key
        return self._rows[at] if known else None

    def _open(self, path: Path) -> None:
        try:
            if not path.exists():
                return
            table = np.load(path, mmap_mode="r", allow_pickle=False)
            self._keys, self._rows = np.array(table["key"]), table["row"]
        except (OSError, EOFError, ValueError, IndexError, KeyError) as error:
            log.warning("faq.vectors_unreadable", file=str(path), reason=str(error))


def _write(table: NDArray[np.void], path: Path) -> None:
    """All of it or nothing. Raises :class:`OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    try:
        with fresh.open("wb") as file:
            np.save(file, table)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
