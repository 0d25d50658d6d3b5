"""Numbers of people and banks that must not pass for order numbers."""

from __future__ import annotations

from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_identity_card(number: str) -> bool:
    """Whether 18 characters are a mainland identity number (GB 11643-1999): birthday and check."""
    if len(number) != 18 or not number[:17].isdigit():
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(d) * w for d, w in zip(number[:17], _ID_WEIGHTS, strict=True))
    return 1900 <= born.year <= 2100 and "10X98765432"[total % 11] == number[17].upper()


def is_bank_card(number: str) -> bool:
    """Whether digits are a UnionPay card: 16 to 19 digits, starting 62, Luhn check right."""
    if not (16 <= len(number) <= 19 and number.startswith("62")):
        return False
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(number)))
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0
