"""The second net: figures, ways to reach somebody, dear words, strange characters.

It knows nothing of how sentences are compared (``verify.py``) and stands on its own: what it finds
in an answer must stand in a cited source, in the same figures and units.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from core.understand.numerals import AMOUNT, amount
from plugins.grounded.canon import ALIKE, UNITS, figured


def _any(group: Sequence[str]) -> re.Pattern[str]:
    """Any of the words; Latin ones stand alone."""
    words = (rf"(?<![a-z0-9]){re.escape(w)}(?![a-z0-9])" if w.isascii() else w for w in group)
    return re.compile("|".join(words))


_TABLE = tomllib.loads(files("plugins.grounded").joinpath("guard.toml").read_text(encoding="utf-8"))
_GROUPS = [_any(group) for group in _TABLE["word"]]
_NEVER = [re.compile(pattern) for pattern in _TABLE["never"]]

_FIGURE = re.compile(r"(\d+(?:[.,:-]\d+)*)\s*(%|[a-z]+|[^\W\d_])?")
_SPELT = re.compile(rf"([{AMOUNT}]+)([{re.escape(UNITS)}])|(?<=\u8d54)([{AMOUNT}]+)")
_REACH = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[\w-]+\.(?:com|cn|net|org|top|xyz|shop|cc|io)\b"
)
_NAME = re.compile(r"(?<!\{)\b[a-z]+[\d_][\w-]*|\b\d+[a-z_][\w-]*", re.ASCII)
PLACEHOLDER = re.compile(r"\{\w+\}")
# Letters, digits and the punctuation of both languages; all else must stand in a source.
_PLAIN = re.compile(
    r"[\w\s.,:;!?'\"()\[\]{}%&/+~\u2026\u2014\u2013\u2018\u2019\u201c\u201d\u00b7\u3001\u3002"
    r"\u300a\u300b\u3010\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\uff05\uff5e\u00a5\uffe5-]"
)
_SCRIPTS = re.compile(r"[a-zA-Z0-9_\u4e00-\u9fff\s]")


def broken(text: str, sources: Iterable[str]) -> str:
    """Why a text may not be said on the strength of these sources: a short word, or nothing."""
    known = "\n".join(sources)
    said, grounds = figured(text), figured(known)
    if any(pattern.search(said) for pattern in _NEVER):
        return "never"
    if any(_strange(character, known) for character in text):
        return "strange"
    if set(PLACEHOLDER.findall(text)) - set(PLACEHOLDER.findall(known)):
        return "placeholder"
    if set(_REACH.findall(said)) - set(_REACH.findall(grounds)):
        return "address"
    if set(_NAME.findall(said)) - set(_NAME.findall(grounds)):
        return "address"
    if set(figures(said)) - set(figures(grounds)):
        return "figure"
    return "promise" if any(_dear(said, grounds)) else ""


def figures(folded: str) -> Iterator[tuple[str, str]]:
    """Every number with what it counts, Chinese numerals too: ``("7", "day")``."""
    for number, unit in _FIGURE.findall(PLACEHOLDER.sub(" ", folded)):
        yield number, ALIKE.get(unit, unit)
    for numeral, unit, times in _SPELT.findall(folded):
        value = amount(numeral or times)
        yield numeral or times if value is None else str(value), unit


def _strange(character: str, known: str) -> bool:
    """Whether a character is neither plain nor in a source."""
    if character in known:
        return False
    if not _PLAIN.fullmatch(character):
        return True
    return character.isalnum() and not _SCRIPTS.fullmatch(character)


def _dear(said: str, grounds: str) -> Iterator[str]:
    """Words of a group that no source vouches for."""
    for group in _GROUPS:
        if (found := group.search(said)) and not group.search(grounds):
            yield found[0]
