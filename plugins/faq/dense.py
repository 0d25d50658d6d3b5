"""The space of meaning: texts as vectors, turned so that what customers vary counts little.

The turn (``meaning.npz``) is learned from our own questions: directions in which the wordings of
one subject differ are shrunk, so that what is left tells subjects apart (within-class whitening).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import numpy as np
import structlog
from numpy.typing import NDArray

from plugins.faq.encoder import Encoder, EncoderMissing, encoder
from plugins.faq.evidence import Evidence, Network
from plugins.faq.layout import ANSWER, Floats, Layout, Views
from plugins.faq.vectors import Known

log = structlog.get_logger(__name__)
FILE = "meaning.npz"
BATCH = 256  # texts that are encoded in one go
TELLING = 40  # numbers of a vector that tell most apart
FEW = 500  # rows that are all read in full
APART = 2.0  # standard deviations above the mean from which a row is near: one in forty
MANY = 20_000  # entries above which answers are not encoded: it would take minutes


def unit(rows: Floats) -> Floats:
    """Rows of length 1; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return (rows / np.maximum(lengths, 1e-6)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Turn:
    """A learned turn of an encoder's vectors."""

    mean: Floats
    turn: Floats

    def __call__(self, vectors: Floats) -> Floats:
        """Unit vectors in the turned space."""
        return unit(np.asarray((vectors - self.mean) @ self.turn, np.float32))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What texts mean, by an encoder and its turn; remembers the texts it was shipped with."""

    encoder: Encoder
    turn: Turn
    known: Mapping[str, NDArray[np.int8]]  # of any length
    evidence: Evidence | None = None  # which usual subject a question is about

    @property
    def model(self) -> str:
        """Which encoder and which turn made the vectors, as a file name."""
        turn = hashlib.blake2b(self.turn.turn.tobytes(), digest_size=4)
        turn.update(self.turn.mean.tobytes())
        name = "".join(c if c.isalnum() else "-" for c in self.encoder.name)
        return f"{name}-{turn.hexdigest()}"

    def of(
        self, texts: Sequence[str], known: Known | None = None, missed: list[str] | None = None
    ) -> Floats:
        """A row for each text, zeros for empty ones; only what nobody knows is encoded.

        Raises :class:`EncoderMissing`, unless there is a list of what was ``missed``: texts that
        cannot be encoded now are put there, and their rows are zeros.
        """
        rows = np.zeros((len(texts), self.turn.turn.shape[1]), np.float32)
        shipped, missing = list[int](), list[int]()
        for at, text in enumerate(texts):
            if (bytes_ := self.known.get(text)) is not None:
                rows[at] = bytes_
                shipped.append(at)
            elif known is not None and (row := known.get(text)) is not None:
                rows[at] = row
            elif text:
                missing.append(at)
        for start in range(0, len(shipped), BATCH):
            part = shipped[start : start + BATCH]
            rows[part] = unit(rows[part])
        for start in range(0, len(missing), BATCH):  # in parts: the raw vectors are twice as long
            part = missing[start : start + BATCH]
            try:
                rows[part] = self.turn(self.encoder.encode([texts[at] for at in part]))
            except EncoderMissing as error:
                if missed is None:
                    raise
                missed += [texts[at] for at in missing[start:]]
                log.warning("faq.not_encoded", texts=len(missing) - start, reason=str(error))
                break
        return rows


@cache
def meaning(encoder: Encoder) -> Meaning:
    """The meaning that ships for an encoder; one without a turn of its own is used as it is."""
    encoder.encode(["a"])  # a package that is missing shall be known at once
    path = files("plugins.faq").joinpath(FILE)
    with path.open("rb") as file:
        stored = cast("Mapping[str, Any]", np.load(file, allow_pickle=False))
        if str(stored["encoder"]) != encoder.name:
            axes = np.eye(encoder.encode(["a"]).shape[1], dtype=np.float32)
            return Meaning(encoder, Turn(np.zeros(len(axes), np.float32), axes), {})
        turn = Turn(stored["mean"].astype(np.float32), stored["turn"].astype(np.float32))
        texts = [str(text) for text in stored["texts"]]
        known = dict(zip(texts, stored["vectors"], strict=True))
        return Meaning(encoder, turn, known, _evidence(stored))


def _evidence(stored: Mapping[str, Any]) -> Evidence:
    """The network as it was shipped."""
    parts = {name: stored[f"net_{name}"].astype(np.float32) for name in Network.__slots__}
    parts["terms"] *= stored["net_step"]
    terms = {str(term): at for at, term in enumerate(stored["terms"])}
    return Evidence(Network(**parts), terms, [str(text) for text in stored["subjects"]])


def source(name: str) -> Meaning | None:
    """The meaning by the encoder of that name; ``None`` when it is ``none`` or missing."""
    try:
        found = encoder(name)
        return meaning(found) if found else None
    except EncoderMissing as error:
        log.warning("faq.encoder_missing", reason=str(error))
        return None


class VectorIndex:
    """The vectors of a layout's rows.

    The turn puts what tells most apart last. All rows are compared by their last :data:`TELLING`
    numbers, and only the nearest by the others as well: reading all of every row takes longer than
    everything else that is done for a question.
    """

    def __init__(self, layout: Layout, source: Meaning, known: Known) -> None:
        """Encode what is not ``known`` yet."""
        self._layout = layout
        answers, missed = layout.answers if len(layout) <= MANY else (), list[str]()
        rows = source.of(layout.wordings, known, missed)
        self.answers = source.of(answers, known, missed)
        self.missed = frozenset(missed)  # the texts that could not be encoded
        self._rest, self._telling = _halves(rows)
        self._questions = rows[layout.first]
        self._centres = self._sums(rows)

    def views(self, asked: Floats, hidden: int = -1) -> Views:
        """How alike a vector is to each entry, without its ``hidden`` row; cosines.

        What was not encoded is like nothing: 0.
        """
        layout, (rest, telling) = self._layout, _halves(asked)
        likeness = self._telling @ telling
        if len(likeness) > FEW:
            near = _outstanding(likeness)
            likeness[near] += self._rest[near] @ rest
        else:
            likeness += self._rest @ rest
        total = self._centres @ asked
        if hidden >= 0:
            total[layout.owner[hidden]] -= layout.heft[hidden] * (self._row(hidden) @ asked)
            likeness[hidden] = 0
        question = self._questions @ asked
        answer = self.answers @ asked if len(self.answers) else np.zeros_like(question)
        nearest = np.maximum.reduceat(likeness, layout.first) if len(layout) else question
        return Views(question, answer, nearest, total)

    def lengths(self, guests: VectorIndex, link: Mapping[int, int]) -> Floats:
        """How long each entry's centre is; ``link`` names the guest that some entries have."""
        total = self._centres.copy()
        for entry, guest in link.items():
            total[entry] += guests._centres[guest]
        return np.maximum(np.linalg.norm(total, axis=1), 1e-6).astype(np.float32)

    def remembered(self, but: Container[str]) -> dict[str, Floats]:
        """The texts that are encoded already, ``but`` those."""
        layout, missed = self._layout, self.missed
        found = {
            text: self._row(at)
            for at, text in enumerate(layout.wordings)
            if text not in but and text not in missed
        }
        found |= {
            text: row
            for text, row in zip(layout.answers, self.answers, strict=False)
            if text not in but and text not in missed
        }
        return found

    def _row(self, number: int) -> Floats:
        return np.concatenate((self._rest[number], self._telling[number]))

    def _sums(self, rows: Floats) -> Floats:
        """For each entry the sum of its rows, its question twice and its answer half."""
        if not len(rows):
            return rows
        total = np.add.reduceat(rows, self._layout.first) + self._questions
        if len(self.answers):
            total += self.answers * np.float32(ANSWER)
        return np.asarray(total, np.float32)


def _outstanding(likeness: Floats) -> NDArray[np.int64]:
    """The rows that stand out from the others."""
    mean = float(likeness.mean())
    spread = math.sqrt(max(float(likeness @ likeness) / len(likeness) - mean * mean, 0.0))
    return np.flatnonzero(likeness > np.float32(mean + APART * spread))


def _halves(rows: Floats) -> tuple[Floats, Floats]:
    """The numbers that tell less, and those that tell most."""
    rest, telling = rows[..., :-TELLING], rows[..., -TELLING:]
    return np.ascontiguousarray(rest), np.ascontiguousarray(telling)
