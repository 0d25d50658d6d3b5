"""Numbers of product links, as viewers of a live room point at them."""

from __future__ import annotations

import re

from core.understand.numerals import AMOUNT, amount
from core.understand.understanding import Entity
from core.understand.words import WORDS, either

_W = WORDS.link
_N = rf"(?:(?<![0-9.:/-])[0-9]{{1,3}}|(?<![{AMOUNT}])[{AMOUNT}]{{1,3}})"
_MARKS = re.compile(either([_W.number, *_W.before]))
_LINK = re.compile(
    rf"(?P<a>{_N}) ?(?:{either(_W.words)}|{either(_W.before)})"
    rf"|{either(_W.before)} ?(?P<b>{_N})(?![0-9.])"
    rf"|{_W.ordinal}(?P<c>{_N}){_W.counter}"
    rf"|(?P<bare>{_N}){_W.number}(?! ?{either(_W.not_before)})"
)
_NOT_AFTER = re.compile(f"{either(_W.not_after)} ?$")


def links(plain: str) -> list[Entity]:
    """The link numbers in ``plain``; a day of the month, a shade or a house number is none."""
    if not _MARKS.search(plain):
        return []
    found = (_link(plain, match) for match in _LINK.finditer(plain))
    return [link for link in found if link]


def _link(plain: str, match: re.Match[str]) -> Entity | None:
    """The entity, unless a bare number stands after a word of dates and places."""
    if match["bare"] and _NOT_AFTER.search(plain[max(0, match.start() - 6) : match.start()]):
        return None
    number = amount(match[match.lastgroup or 0])
    return Entity("link", str(number), match.start(), match.end()) if number else None
