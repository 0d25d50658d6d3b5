"""Reads a text once for everybody: plain form, language, entities, then what plugins recognise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import structlog

from core.understand.entities import entities
from core.understand.language import language
from core.understand.normalise import normalise
from core.understand.understanding import Recogniser, Understanding

log = cast("structlog.stdlib.BoundLogger", structlog.get_logger(__name__))


class Reader:
    """Makes the :class:`Understanding` of a text; recognisers run in the order given."""

    def __init__(self, recognisers: Sequence[Recogniser] = ()) -> None:
        """Read with these recognisers, those of the earliest plugin first."""
        self._recognisers = tuple(recognisers)

    def read(self, raw: str) -> Understanding:
        """What is known of ``raw``. A text of nothing visible is not shown to recognisers."""
        plain = normalise(raw)
        if not plain:
            return Understanding(raw=raw, plain=plain)
        understanding = Understanding(
            raw=raw, plain=plain, language=language(plain), entities=entities(plain)
        )
        for recogniser in self._recognisers:
            _apply(recogniser, understanding)
        return understanding


def _apply(recogniser: Recogniser, understanding: Understanding) -> None:
    """Let one recogniser add what it sees; its failure costs its marks, never the message."""
    try:
        recogniser(understanding)
    except Exception:
        name = getattr(recogniser, "__qualname__", type(recogniser).__qualname__)
        log.exception("recogniser failed", recogniser=name)
