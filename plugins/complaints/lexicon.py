"""The graded lexicon, compiled once: what may be found in a clause, and what takes it back.

Words are data (``lexicon.toml``, ``context.toml``), so that a shop or a language can be added
without code. Alternations are compiled per grade; a message costs some tens of microseconds.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

_CAPTURING = re.compile(r"(?<!\\)\((?!\?)")


class _Grade(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    severity: int
    kind: str
    emotion: float
    firm: bool
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


class _Grades(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    grade: tuple[_Grade, ...]


class _Context(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    harmless: tuple[str, ...]
    negation: str
    retraction: str
    elsewhere: str
    hypothetical: str
    asked: str
    softened: str
    raised: str
    urgent: tuple[str, ...]
    calm: str
    danger: tuple[str, ...]
    topics: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Grade:
    """Expressions of one severity and kind; see the head of ``lexicon.toml`` for the fields."""

    severity: int
    kind: str
    emotion: float
    firm: bool
    found: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that ``severity.py`` looks up; the names are those of the data."""

    grades: tuple[Grade, ...]
    harmless: re.Pattern[str]
    negation: re.Pattern[str]
    retraction: re.Pattern[str]
    elsewhere: re.Pattern[str]
    hypothetical: re.Pattern[str]
    asked: re.Pattern[str]
    softened: re.Pattern[str]
    raised: re.Pattern[str]
    urgent: re.Pattern[str]
    calm: re.Pattern[str]
    danger: tuple[str, ...]
    topics: Mapping[str, tuple[str, ...]]


@cache
def lexicon() -> Lexicon:
    """The lexicon that ships; raises :class:`ValueError` when its data is broken."""
    context = _Context.model_validate(_table("context.toml"))
    grades = _Grades.model_validate(_table("lexicon.toml")).grade
    plain = context.model_dump(
        include={
            "negation",
            "retraction",
            "elsewhere",
            "hypothetical",
            "asked",
            "softened",
            "raised",
            "calm",
        }
    )
    return Lexicon(
        grades=tuple(_compile(grade) for grade in grades),
        harmless=either(context.harmless),
        urgent=either(context.urgent),
        danger=context.danger,
        topics=context.topics,
        **{name: either([pattern]) for name, pattern in plain.items()},
    )


def _compile(raw: _Grade) -> Grade:
    longest_first = sorted((re.escape(word) for word in raw.words), key=len, reverse=True)
    found = either((*raw.patterns, *longest_first))
    return Grade(raw.severity, raw.kind, raw.emotion, raw.firm, found)


def either(patterns: Sequence[str]) -> re.Pattern[str]:
    """One expression for all; groups that capture nothing let ``re`` skip hopeless branches."""
    return re.compile("|".join(_CAPTURING.sub("(?:", pattern) for pattern in patterns))


def _table(name: str) -> dict[str, object]:
    return tomllib.loads(files("plugins.complaints").joinpath(name).read_text(encoding="utf-8"))
