"""The wording coach: what an agent should not write, and a better way to say it (S-360..S-362).

Unlawful claims (the guard of the groups plugin) stop a message; phrases that hurt only warn.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from plugins.console.table import Shape
from plugins.groups.face import check


class Finding(Shape):
    """One phrase. ``start`` and ``end`` count UTF-16 units, as a page's strings do."""

    start: int
    end: int
    phrase: str
    level: Literal["block", "warn"]
    rule: str
    why: str
    better: str


class _Phrase(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    rule: str
    find: str
    better: str


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    phrase: tuple[_Phrase, ...]


def findings(text: str, say: Callable[..., str]) -> list[Finding]:
    """Every phrase to think about, in the order of the text; ``say`` renders the reasons."""
    found = [_unlawful(text, each.phrase, each.reason, each.law, say) for each in check(text)]
    for phrase, pattern in _phrases():
        found += [
            Finding(
                start=_units(text, match.start()),
                end=_units(text, match.end()),
                phrase=match.group(),
                level="warn",
                rule=phrase.rule,
                why=say(f"console.coach.{phrase.rule}"),
                better=phrase.better,
            )
            for match in pattern.finditer(text)
        ]
    return sorted(found, key=lambda each: (each.start, each.level))


def _unlawful(text: str, phrase: str, reason: str, law: str, say: Callable[..., str]) -> Finding:
    """The guard reads a normalised text: where its words do not stand so here, all is marked."""
    start = text.lower().find(phrase)
    begin, end = (start, start + len(phrase)) if start >= 0 else (0, len(text))
    return Finding(
        start=_units(text, begin),
        end=_units(text, end),
        phrase=phrase,
        level="block",
        rule=reason.rpartition("_")[2],
        why=say(reason, phrase=phrase, law=law),
        better="",
    )


def _units(text: str, place: int) -> int:
    return len(text[:place].encode("utf-16-le")) // 2


@cache
def _phrases() -> tuple[tuple[_Phrase, re.Pattern[str]], ...]:
    source = files("plugins.console").joinpath("coach.toml").read_text(encoding="utf-8")
    table = _Table.model_validate(tomllib.loads(source))
    return tuple((phrase, re.compile(phrase.find, re.IGNORECASE)) for phrase in table.phrase)
