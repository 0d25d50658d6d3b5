"""Topics: what a message is about, by words that are data; one pass over a text finds all."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import ahocorasick
from pydantic import BaseModel, ConfigDict

from core.understand.normalise import normalise
from plugins.incidents.models import Kind

COMPLAINT = "complaint:"  # topics that are a kind of complaint begin with it


class Topic(BaseModel):
    """A thing that may go wrong for many."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    kind: Kind
    words: tuple[str, ...]


class Words:
    """Finds which of several names a text speaks of."""

    def __init__(self, lists: Iterable[tuple[str, Iterable[str]]]) -> None:
        """``lists``: a name and its words; a word may belong to several names."""
        names: dict[str, list[str]] = {}
        for name, words in lists:
            for word in words:
                if plain := normalise(word).strip():
                    names.setdefault(plain, []).append(name)
        self._tree: Any = ahocorasick.Automaton()
        for word, found in names.items():
            self._tree.add_word(word, tuple(found))
        self._tree.make_automaton()
        self._empty = not names

    def find(self, plain: str) -> list[str]:
        """The names whose words stand in a normalised text, each once, the first heard first."""
        if self._empty:
            return []
        found = (name for _end, names in self._tree.iter(plain) for name in names)
        return list(dict.fromkeys(found))


class Topics:
    """The topics that ship and those of the shop."""

    def __init__(self, own: Mapping[str, tuple[str, ...]]) -> None:
        """``own``: words by name; a name that ships gets these words instead of its own."""
        shipped = {topic.name: topic for topic in _shipped()}
        for name, words in own.items():
            kind = shipped[name].kind if name in shipped else Kind.OPINION
            shipped[name] = Topic(name=name, kind=kind, words=words)
        self.by_name = shipped
        self._words = Words((topic.name, topic.words) for topic in shipped.values())

    def find(self, text: str) -> list[str]:
        """The topics of a text as it was typed."""
        return self._words.find(normalise(text))


@cache
def _shipped() -> tuple[Topic, ...]:
    source = files("plugins.incidents").joinpath("topics.toml").read_text(encoding="utf-8")
    return tuple(Topic.model_validate(raw) for raw in tomllib.loads(source)["topic"])
