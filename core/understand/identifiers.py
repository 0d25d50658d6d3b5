"""Order numbers, waybills and mobile numbers in a text.

Shapes: `+86` mobile numbers (1[3-9] and nine digits); couriers' waybills; order numbers of the
shop platforms. Where a shape is shared (12 to 15 digits), the words around decide; a number that
neither shape nor words explain is left alone: better none than another person's order.
"""

from __future__ import annotations

import re
from itertools import islice

from core.understand.checksums import is_bank_card, is_identity_card
from core.understand.cues import Cue, Surroundings
from core.understand.numerals import DIGIT, spelled_out
from core.understand.runs import Run, runs
from core.understand.understanding import Entity
from core.understand.words import WORDS, shapes

_W = WORDS.identifiers
_MOST = 100  # numbers looked at in one text
_MAYBE = re.compile(f"[0-9{DIGIT}](?:(?:[^\\w\\n]{{0,3}}|x)[0-9{DIGIT}]){{4}}")
_PHONE = re.compile(r"(?:(?:00)?86)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"0[0-9]{2,3}-[0-9]{7,8}(?:-[0-9]+)?|[48]00-[0-9]{3}-?[0-9]{4}")
_TRACKING, _TRACKING_DIGITS = shapes(_W.tracking), shapes(_W.tracking_digits)
_ORDER, _ORDER_DASHED = shapes(_W.order), shapes(_W.order_dashed)
_ORDER_DIGITS = shapes(_W.order_digits)
_DATE_FIRST = re.compile(r"2[0-9](?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])[0-9]{15}")
_MASKS = ("*", "\u2022", "\u2588", "xx")
_ORDER_CUES = frozenset({Cue.ORDER, Cue.ORDER_NUMBER})
_TRACKING_CUES = frozenset({Cue.TRACKING, Cue.TRACKING_NUMBER})


def identifiers(plain: str) -> list[Entity]:
    """The order numbers, waybills and mobile numbers in ``plain``, in order, each once."""
    if not _MAYBE.search(plain):
        return []
    text = spelled_out(plain)
    numbers = list(islice(runs(text), _MOST))
    edges = [0, *(edge for n in numbers for edge in (n.start, n.end)), len(text)]
    found: dict[tuple[str, str], Entity] = {}
    for index, number in enumerate(numbers):
        before = text[edges[2 * index] : number.start]
        after = text[number.end : edges[2 * index + 3]]
        if _is_masked(before, after):
            continue
        around = Surroundings(before, after, last=index == len(numbers) - 1)
        if named := _name(number, around):
            found.setdefault(named, Entity(*named, number.start, number.end))
    return list(found.values())


def _is_masked(before: str, after: str) -> bool:
    """Whether a part of the number is hidden: what is left of it names nothing."""
    return before.endswith(_MASKS) or after.startswith(_MASKS)


def _name(number: Run, around: Surroundings) -> tuple[str, str] | None:
    """Type and clean value of a number, or None."""
    phone = _PHONE.fullmatch(number.digits)
    if phone and number.prefix in {"", *_W.phone_prefixes}:
        if around.label == Cue.ORDER_NUMBER:
            return "order_no", number.digits
        return "phone", phone[1]
    return _lettered(number, around) if number.prefix else _digits(number, around)


def _lettered(number: Run, around: Surroundings) -> tuple[str, str] | None:
    """A number with letters: couriers and platforms by shape, a shop's own by its label."""
    compact = number.compact
    if _TRACKING.fullmatch(compact):
        return "tracking_no", compact.upper()
    if _ORDER.fullmatch(compact):
        return "order_no", compact.upper()
    label = around.label
    if label == Cue.ORDER_NUMBER or (label == Cue.ORDER and len(number.digits) >= 6):
        return "order_no", number.dashed.upper()
    if label == Cue.TRACKING_NUMBER and len(number.digits) >= 8:
        return "tracking_no", compact.upper()
    return None


def _digits(number: Run, around: Surroundings) -> tuple[str, str] | None:
    """A number of digits only."""
    digits, label = number.digits, around.label
    if _ORDER_DASHED.fullmatch(number.dashed):
        return "order_no", number.dashed
    if _LANDLINE.fullmatch(number.dashed) or label == Cue.OTHER:
        return None
    if _DATE_FIRST.fullmatch(digits):
        return "order_no", f"{digits[:6]}-{digits[6:]}"
    if _ORDER_DIGITS.fullmatch(digits):
        ours = label in _ORDER_CUES or around.follows in _ORDER_CUES
        private = not ours and (is_identity_card(digits) or is_bank_card(digits))
        return None if private else ("order_no", digits)
    if len(digits) < 12:
        return _short(digits, label)
    return _shared(digits, around) if len(digits) <= 15 else None


def _short(digits: str, label: Cue | None) -> tuple[str, str] | None:
    """Five to eleven digits are something only when the text says so."""
    if label == Cue.ORDER_NUMBER or (label == Cue.ORDER and len(digits) >= 9):
        return "order_no", digits
    if label == Cue.TRACKING_NUMBER and len(digits) >= 9:
        return "tracking_no", digits
    return None


def _shared(digits: str, around: Surroundings) -> tuple[str, str] | None:
    """Twelve to fifteen digits: couriers and shops both use them."""
    label, follows = around.label, around.follows
    courier = bool(_TRACKING_DIGITS.fullmatch(digits))
    if label == Cue.PHONE:
        return None
    if label in _ORDER_CUES and not (courier and follows in _TRACKING_CUES):
        return "order_no", digits
    if courier or label in _TRACKING_CUES:
        return "tracking_no", digits
    if digits.startswith("0"):
        return None
    cue = follows or around.around
    if cue in _TRACKING_CUES:
        return "tracking_no", digits
    if cue in _ORDER_CUES or (cue is None and len(digits) == 12):
        return "order_no", digits
    return None
