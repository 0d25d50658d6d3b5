"""Unlawful wording: found, quoted and explained, before it is published and again when it is.

The rules are data with their sources (``guard.toml``). Lawful uses of the same words are taken out
first, so that "the last day" or "best before" does not trip it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict


class _Raw(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    law: str
    allow: tuple[str, ...]
    forbid: tuple[str, ...]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    rule: tuple[_Raw, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """One unlawful phrase: the rule (``absolute``, ``praise``, ``medical``), the words, the law."""

    rule: str
    phrase: str
    law: str

    @property
    def reason(self) -> str:
        """The key of the sentence that says why; it takes ``phrase`` and ``law``."""
        return f"groups.guard_{self.rule}"


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    law: str
    allow: re.Pattern[str]
    forbid: re.Pattern[str]


_SPACES = re.compile(r"(?<=[^\x00-\x7f])[ \t\u200b]+(?=[^\x00-\x7f])")


def check(text: str) -> list[Violation]:
    """Every unlawful phrase of a text, each once; empty for a text that may be published."""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text).lower())
    found: dict[tuple[str, str], Violation] = {}
    for rule in _rules():
        left = rule.allow.sub(lambda m: "\x00" * len(m.group()), plain)
        for match in rule.forbid.finditer(left):
            found.setdefault(
                (rule.name, match.group()), Violation(rule.name, match.group(), rule.law)
            )
    return list(found.values())


@cache
def _rules() -> tuple[_Rule, ...]:
    source = files("plugins.groups").joinpath("guard.toml").read_text(encoding="utf-8")
    return tuple(
        _Rule(raw.name, raw.law, re.compile("|".join(raw.allow)), re.compile("|".join(raw.forbid)))
        for raw in _Table.model_validate(tomllib.loads(source)).rule
    )
