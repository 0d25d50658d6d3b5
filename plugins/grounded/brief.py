"""What a model is given: the instructions, the sources, and the question, fenced as data.

The question stands in a JSON string, so nothing in it can end the fence; earlier messages are not
told at all, so nothing can be prepared in them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from core.turn import Turn
from plugins.faq.face import Entry, FaqSettings, fill, personal, unnamed
from plugins.grounded.facts import Facts
from plugins.grounded.veil import veiled
from plugins.grounded.verify import Source


@dataclass(frozen=True, slots=True)
class Brief:
    """One question for a model. ``values``: what placeholders stand for, for nobody but us."""

    sources: Mapping[str, Source]
    user: str
    values: Mapping[str, str]

    @property
    def size(self) -> int:
        """Characters; for Chinese about as many tokens, so a bound for what the question costs."""
        return len(self.user)

    def filled(self, text: str) -> str:
        """A verified text with what its placeholders stand for."""
        return fill(text, self.values)


def instructions(path: str) -> str:
    """The prompt: the shop's own file, or the one that ships. Raises :class:`OSError`."""
    if path:
        return Path(path).read_text(encoding="utf-8")
    return files("plugins.grounded").joinpath("prompt.md").read_text(encoding="utf-8")


def brief(turn: Turn, entries: Sequence[Entry], settings: FaqSettings, facts: Facts) -> Brief:
    """What to ask about a message."""
    told = [Source(e.id, unnamed(turn, e, settings), e.question) for e in entries]
    sources = {source.id: source for source in (*told, *facts.sources)}
    user = {
        "sources": [{"id": s.id, "title": s.title, "text": s.text} for s in sources.values()],
        "language": turn.locale,
        "question": veiled(turn, facts.names),
    }
    values = {**personal(turn), **facts.values}
    return Brief(sources, json.dumps(user, ensure_ascii=False), values)
