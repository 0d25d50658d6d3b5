"""Personal data stays in the house: placeholders go to the model instead.

In the customer's words every number that names somebody or something, every name we know and every
address becomes a placeholder, and nothing of it ever comes back: an answer may only hold the
placeholders of its sources, and those are filled after it was verified (``brief.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from core.masking import HIDDEN, mask
from core.turn import Turn
from core.words import words

MOST = 500  # characters of a message that are shown to a model
_WORDS = words("plugins.grounded")
_HELD = {"phone", "order_no", "tracking_no", "phone_tail"}  # entities that name somebody
_NAMED = re.compile(
    rf"({'|'.join(map(re.escape, sorted(_WORDS['name_cue'], key=len, reverse=True)))})"
    r"(\s?[:\uff1a]?\s?)([\u4e00-\u9fff\u00b7]{2,4}|[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
)
_TRACES = re.compile(r"[\w.+-]*\*{3,}[\w.@-]*")  # what masking leaves readable goes too
_DIGITS = re.compile(r"\d(?:[\s-]?\d){4,}")
_BRACES = str.maketrans("{}", "()")  # placeholders are ours alone


def veiled(turn: Turn, names: Iterable[str] = ()) -> str:
    """The customer's words without what says who they are; ``names`` are to be hidden too."""
    text = turn.text.translate(_BRACES)
    for start, end, kind in _spans(turn, len(text)):
        text = f"{text[:start]}{{{kind}}}{text[end:]}"
    for name in {turn.contact.name, *names}:
        if len(name) > 1:
            text = re.sub(re.escape(name.translate(_BRACES)), "{name}", text, flags=re.IGNORECASE)
    text = _NAMED.sub(r"\1\2{name}", text)
    text = _TRACES.sub("{hidden}", mask(text)).replace(HIDDEN, "{hidden}")
    return _DIGITS.sub("{number}", text)[:MOST]


def _spans(turn: Turn, length: int) -> Iterator[tuple[int, int, str]]:
    """Where the entities stand that name somebody, from the last to the first, none inside another.

    The tail of a phone stands inside the phone: of two that end alike the longer one counts.
    """
    found = [e for e in turn.understanding.entities if e.type in _HELD]
    edge = length
    for entity in sorted(found, key=lambda e: (-e.end, e.start)):
        if entity.end <= edge:
            yield entity.start, entity.end, entity.type
            edge = entity.start
