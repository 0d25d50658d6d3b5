"""Chinese numerals: as digits in a row, and as amounts."""

from __future__ import annotations

import re

from core.understand.words import WORDS

_N = WORDS.numerals
_DIGITS = {pair[0]: pair[1] for pair in _N.digits.split()}
_POWERS = {_N.ten: 10, _N.hundred: 100, _N.thousand: 1000}
_TABLE = str.maketrans(_DIGITS)

DIGIT = "".join(_DIGITS)  # for character classes
AMOUNT = DIGIT + _N.two + "".join(_POWERS) + _N.ten_thousand

# Three running, or between digits: "18 digits and then three days" must stay apart.
_ROW = re.compile(f"[{DIGIT}]{{3,}}|(?<=[0-9])[{DIGIT}]+(?=[0-9])")
_LONG = re.compile(f"[0-9{DIGIT}](?:[ -]?[0-9{DIGIT}]){{8}}")


def spelled_out(plain: str) -> str:
    """``plain`` with Chinese digits of long numbers as Arabic ones; every place stays the same."""
    if plain.isascii() or not _LONG.search(plain):
        return plain
    return _ROW.sub(lambda m: m[0].translate(_TABLE), plain)


def amount(text: str) -> int | None:
    """The value of a numeral (Arabic or Chinese), or None.

    A last digit after a power counts by the next lower one, as people say: 250 for 2-hundred-5.
    """
    digits = text.translate(_TABLE).replace(_N.two, "2")
    if digits.isascii():
        return int(digits) if digits.isdigit() else None
    high, mark, low = digits.partition(_N.ten_thousand)
    if not mark:
        return _below_ten_thousand(digits)
    tens = _below_ten_thousand(high) if high else 1
    ones = _below_ten_thousand(low) if low else 0
    if tens is None or ones is None:
        return None
    return tens * 10_000 + (ones * 1000 if len(low) == 1 else ones)


def _below_ten_thousand(text: str) -> int | None:
    """The value of a numeral of digits and the powers up to a thousand."""
    total, digit, power = 0, None, 1
    for character in text:
        if character in _POWERS:
            power = _POWERS[character]
            total += power * (1 if digit is None else digit)
            digit = None
        elif character == "0":
            digit, power = None, 10  # a spoken zero: the next digit counts ones
        elif digit is None and character.isdigit():
            digit = int(character)
        else:
            return None
    return total + (digit or 0) * (power // 10 or 1)
