"""The shared reading of one message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entity:
    """Something nameable in a text: its kind, its clean value, and where it stood in ``plain``.

    Types of the core: ``order_no``, ``phone``, ``tracking_no``, ``money`` (value in fen, as text),
    ``link`` (the number of a product link in a live room), ``size``.
    """

    type: str
    value: str
    start: int
    end: int


@dataclass(slots=True)
class Understanding:
    """What is known of one text; recognisers add to it in the order of their plugins.

    ``raw`` is as typed, ``plain`` normalised (:mod:`core.understand.normalise`). ``intents`` and
    ``marks`` hold scores 0..1 by name (``marks``: ``severity``, ``urgent``, ``emotion``...).
    """

    raw: str
    plain: str
    language: str = "zh"
    entities: list[Entity] = field(default_factory=list[Entity])
    intents: dict[str, float] = field(default_factory=dict[str, float])
    marks: dict[str, float] = field(default_factory=dict[str, float])

    def first(self, kind: str) -> str | None:
        """The value of the first entity of that type."""
        return next((e.value for e in self.entities if e.type == kind), None)

    def all(self, kind: str) -> list[str]:
        """The values of all entities of that type, in order."""
        return [e.value for e in self.entities if e.type == kind]


Recogniser = Callable[[Understanding], None]
