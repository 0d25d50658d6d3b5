"""Sentences in canonical words, so that two ways of saying one thing become equal.

Full-width and traditional characters are folded, Chinese numerals before a unit become digits, true
equals become one word, and words that say nothing of their own vanish (``wording.toml``). What is
left is a list of clauses, each a tuple of words; a Chinese character is a word of its own.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from core.understand.numerals import AMOUNT, amount
from plugins.faq.face import simplified

Clause = tuple[str, ...]
Sentence = tuple[Clause, ...]

_TABLE: Mapping[str, Any] = tomllib.loads(
    files("plugins.grounded").joinpath("wording.toml").read_text(encoding="utf-8")
)
UNITS: str = _TABLE["units"]
ALIKE: Mapping[str, str] = _TABLE["alike"]
_NUMERAL = re.compile(rf"(?<![{AMOUNT}\d])[{AMOUNT}]+(?=[{re.escape(UNITS)}])")
_ENDS = re.compile(r"[\u3002!?;\u2026~\n]+|\.(?!\d)")
_SEPARATORS = re.compile(r"[,\u3001:()\[\]\u3010\u3011/\u2014|]+|(?<![\d.])-|-(?!\d)")
_RANGE = re.compile(r"(?<=\d)\s*[~\u2013\u2014\u81f3\u5230-]\s*(?=\d)")
_TOKEN = re.compile(r"\{\w+\}|\d+(?:[.:-]\d+)*%?|[a-z]+(?:'[a-z]+)?|[^\W\d_]|[#$%&+@*=<>^]")


_ASSENT_END = r"[,\u3001:!;?\u3002\uff0c\uff01\uff1b\uff1a~\uff5e.\n]"


def fold(text: str) -> str:
    """Full-width made narrow, lower case, traditional made simplified; the length may change."""
    return unicodedata.normalize("NFKC", text).lower().translate(simplified())


def _choices(words: Sequence[str]) -> str:
    """A pattern for any of the words, the longest first; a Latin word stands alone."""
    ranked = sorted(set(words), key=len, reverse=True)
    return "|".join(rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in ranked)


_SAME: dict[str, str] = {word: group[0] for group in _TABLE["same"] for word in group}
_SOFT = frozenset(_TABLE["soft"])
_WORDS = re.compile(_choices([*_SAME, *_TABLE["whole"], *_SOFT]))


def _unite(text: str) -> str:
    """Equals as one word, set apart by blanks; soft words gone."""

    def put(found: re.Match[str]) -> str:
        word = found[0]
        if word in _SOFT:
            return " " if word.isascii() else ""
        return _SAME.get(word, word)

    return _WORDS.sub(put, text)


def _digits(text: str) -> str:
    """Chinese numerals before a unit as digits."""

    def put(found: re.Match[str]) -> str:
        value = amount(found[0])
        return found[0] if value is None else str(value)

    return _NUMERAL.sub(put, text)


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text as clauses of canonical words; those that say nothing are left out.

    A question keeps its mark, so that asking something never equals stating it.
    """
    return [said for part in _parts(figured(text)) if (said := _sentence(part))]


def figured(text: str) -> str:
    """Folded, with figures in one way of writing: ``7-15``, ``7`` for a numeral before a unit."""
    return _RANGE.sub("-", _digits(fold(text)))


def _parts(folded: str) -> Iterator[str]:
    """The sentences as text, a question with its mark."""
    at = 0
    for end in _ENDS.finditer(folded):
        yield folded[at : end.start()] + (" ?" if "?" in end[0] else "")
        at = end.end()
    yield folded[at:]


@lru_cache(4096)
def _sentence(part: str) -> Sentence:
    asks = part.endswith(" ?")
    clauses = [_clause(piece) for piece in _SEPARATORS.split(part.removesuffix(" ?"))]
    kept = [clause for clause in clauses if clause and clause not in _ASSENTS]
    if asks and kept:
        kept[-1] = (*kept[-1], "?")
    return tuple(kept)


def _clause(piece: str) -> Clause:
    return tuple(_TOKEN.findall(_unite(piece)))


def _canonical(name: str) -> tuple[str, ...]:
    """A list of words, as they are and in canonical words."""
    said = {word: _clause(word) for word in _TABLE[name]}
    joined = {(" " if w.isascii() else "").join(clause) for w, clause in said.items() if clause}
    return tuple({*said, *joined})


OPEN, LIMIT, EXCEPT = map(_canonical, ("open", "limit", "except"))
_ASSENTS = frozenset(_clause(word) for word in _TABLE["assent"])
_ASSENT = re.compile(
    rf"(^|(?<={_ASSENT_END}))\s*(?:{_choices(_TABLE['assent'])})\s*(?:{_ASSENT_END}+\s*|$)",
    re.IGNORECASE,
)


def without_assent(text: str) -> str:
    """The text without clauses that only agree to something."""
    while (less := _ASSENT.sub("", text)) != text:
        text = less
    return text


def says(clause: Clause, words: Sequence[str]) -> bool:
    """Whether one of the words stands in the clause."""
    joined = "".join(clause)
    apart = f" {' '.join(clause)} "
    return any(f" {word} " in apart if word.isascii() else word in joined for word in words)
