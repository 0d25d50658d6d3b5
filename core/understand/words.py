"""The word lists of ``entities.toml``, loaded once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import cast

import msgspec


class Numerals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Characters that are digits or powers of ten."""

    digits: str
    two: str
    ten: str
    hundred: str
    thousand: str
    ten_thousand: str


class Identifiers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shapes of order and waybill numbers; regular expressions that must match fully."""

    glue: str
    stops: str
    phone_prefixes: frozenset[str]
    tracking: list[str]
    tracking_digits: list[str]
    order: list[str]
    order_dashed: list[str]
    order_digits: list[str]


class Money(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Signs and units of yuan, and what may follow the ambiguous one."""

    signs: list[str]
    units: list[str]
    kuai: str
    mao: list[str]
    after_kuai: str
    together: str
    off: tuple[str, str]


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How viewers point at a product of a live room, and what only looks like it."""

    words: list[str]
    ordinal: str
    counter: str
    before: list[str]
    number: str
    not_after: list[str]
    not_before: list[str]


class Size(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sizes in words, and the company a bare number keeps when it is a size."""

    named: list[str]
    vague: list[str]
    vague_not_after: str
    code: str
    asks: list[str]
    wants: list[str]
    ends: str
    english: list[str]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    numerals: Numerals
    cues: dict[str, list[str]]
    identifiers: Identifiers
    money: Money
    link: Link
    size: Size


def _load() -> Words:
    text = files("core.understand").joinpath("entities.toml").read_text(encoding="utf-8")
    return msgspec.convert(cast("object", tomllib.loads(text)), Words)


WORDS = _load()


def either(words: Iterable[str]) -> str:
    """A regular expression for any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) + ")"


def shapes(patterns: Iterable[str]) -> re.Pattern[str]:
    """A regular expression for any of the shapes."""
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.ASCII)
