"""Amounts of money in a text, in fen."""

from __future__ import annotations

import re
from decimal import Decimal

from core.understand.numerals import AMOUNT, amount
from core.understand.understanding import Entity
from core.understand.words import WORDS, either

_W = WORDS.money
_MARKS = re.compile(either([*_W.signs, *_W.units, _W.kuai, *_W.mao, _W.off[0]]))
_N = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.[0-9]{1,2})?"
_ANY = f"(?P<many>{_N}[{AMOUNT}]?|[{AMOUNT}]{{1,9}})"
_KUAI_ENDS = rf"(?=[{re.escape(_W.after_kuai)}\W]|$)"
_PRICE = re.compile(
    rf"{either(_W.signs)} ?(?P<signed>{_N})(?![0-9])"
    rf"|{_W.off[0]}(?P<full>[0-9]{{1,6}}){_W.off[1]}(?P<less>[0-9]{{1,6}})(?![0-9])"
    rf"|(?<![0-9.]){_ANY} ?"
    rf"(?:{_W.kuai}(?P<jiao>[0-9{AMOUNT}])(?![0-9{AMOUNT}])(?:{either(_W.mao)})?"
    rf"|(?P<mao>{either(_W.mao)})|{either(_W.units)}|{_W.kuai}{_KUAI_ENDS})"
)


def prices(plain: str) -> list[Entity]:
    """The amounts in ``plain`` that name their unit, as whole fen."""
    if not _MARKS.search(plain):
        return []
    return [e for found in _PRICE.finditer(plain) for e in _amounts(found)]


def _amounts(found: re.Match[str]) -> list[Entity]:
    """The one amount of a match, or the two of a threshold and its discount."""
    if found["full"]:
        return [
            _entity(found, "full", _fen(found["full"])),
            _entity(found, "less", _fen(found["less"])),
        ]
    if found[0] == _W.together:
        return []
    group = "signed" if found["signed"] else "many"
    value = _fen(found[group])
    if value is None:
        return []
    if found["mao"]:
        value //= 10
    if found["jiao"]:
        value += (amount(found["jiao"]) or 0) * 10
    return [Entity("money", str(value), found.start(), found.end())]


def _entity(found: re.Match[str], group: str, value: int | None) -> Entity:
    return Entity("money", str(value), found.start(group), found.end(group))


def _fen(text: str) -> int | None:
    """Fen of a number in digits (maybe with a Chinese power behind) or in characters."""
    number = re.match(r"[0-9.,]+", text)
    if number is None:
        yuan = amount(text)
        return None if yuan is None else yuan * 100
    power = amount(text[number.end() :]) if number.end() < len(text) else 1
    if power is None or power < 1:
        return None
    return int(Decimal(number[0].replace(",", "")) * 100 * power)
