"""Sizes of clothes and shoes."""

from __future__ import annotations

import re

from core.understand.understanding import Entity
from core.understand.words import WORDS, either

_W = WORDS.size
_NUMBER = r"(?P<number>(?<![0-9.:/-])(?:2[2-9]|3[0-9]|4[0-9]|50)(?:\.5)?)(?![0-9.:/%*-]|[a-z])"
_EXACT = re.compile(
    rf"(?P<body>(?<![0-9])1[3-9][0-9]/[0-9]{{2,3}}[abcy])(?![a-z0-9])"
    rf"|(?P<foreign>(?<![a-z])(?:eu|us|uk) ?[0-9]{{1,2}}(?:\.5)?)(?![0-9.])"
    rf"|(?<![a-z0-9'.&])(?P<letters>x{{0,4}}[sl]|m|[2-8]xl)(?![a-z0-9'&])"
    rf"|(?P<cup>(?<![0-9.])(?:6|7|8|9|10)[05][a-g])(?![a-z0-9])"
    rf"|(?P<coded>(?<![0-9.])[0-9]{{2,3}}(?:\.5)?) ?{_W.code}|(?P<named>{either(_W.named)})"
)
_BARE = re.compile(
    rf"{_NUMBER}(?= ?{either(_W.asks)})"
    rf"|{either(_W.wants)} ?{_NUMBER.replace('number', 'wanted')}(?=[{_W.ends}\W]|$)"
)
_VAGUE = re.compile(rf"(?<![{_W.vague_not_after}]){either(_W.vague)}")
_MARKS = re.compile(rf"[sml]|[0-9]{{2}}|[{_W.code}]|[0-9][05][a-g]")
_SAME = {"2XL": "XXL", "XXXL": "3XL", "XXXXL": "4XL"}
_ENGLISH = re.compile(rf"(?<![a-z]){either(_W.english)}(?![a-z])")
_CODED_FROM_TO = (18, 190)  # baby shoes to the tallest child's clothes


def sizes(plain: str) -> list[Entity]:
    """The sizes in ``plain`` in upper case: letters, numbers meant as sizes, named ones."""
    if not _MARKS.search(plain):
        return []
    found = [e for match in _EXACT.finditer(plain) if (e := _exact(plain, match))]
    for match in _BARE.finditer(plain):
        group = "number" if match["number"] else "wanted"
        found.append(Entity("size", match[group], match.start(group), match.end(group)))
    if not found:
        found = [Entity("size", m[0], m.start(), m.end()) for m in _VAGUE.finditer(plain)]
    return sorted(found, key=lambda e: e.start)


def _exact(plain: str, match: re.Match[str]) -> Entity | None:
    """The entity, unless a lone letter of an English text or a number out of all range."""
    kind = match.lastgroup or ""
    value = match[kind].upper().replace(" ", "")
    if kind == "letters" and len(value) == 1 and not _is_size_letter(plain, match):
        return None
    if kind == "coded" and not _CODED_FROM_TO[0] <= float(value) <= _CODED_FROM_TO[1]:
        return None
    return Entity("size", _SAME.get(value, value), match.start(kind), match.end(kind))


def _is_size_letter(plain: str, match: re.Match[str]) -> bool:
    """Whether a lone s, m or l stands in Chinese text, alone, or beside the word for size."""
    return not plain.isascii() or plain == match[0] or bool(_ENGLISH.search(plain))
