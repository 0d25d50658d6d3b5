"""What is heard in a text: the wish to know where a parcel is, and the tail of a phone."""

from __future__ import annotations

import re

from core.understand import Entity, Understanding
from core.words import words

WORDS = words("plugins.orders")
TRACK = "order.track"
TAIL = "phone_tail"
_FOUR = re.compile(r"(?<![0-9A-Za-z.:-])[0-9]{4}(?![0-9A-Za-z.:-])")
_NUMBERS = ("order_no", "tracking_no")


def hear(heard: Understanding) -> None:
    """Add the intent and the tail."""
    if (tail := _tail(heard)) is not None:
        heard.entities.append(tail)
    if wants_to_know(heard.plain) or _only_numbers(heard):
        heard.intents[TRACK] = 0.9


def wants_to_know(plain: str) -> bool:
    """Whether the words ask after the customer's own order, not the shop's ways in general."""
    text = plain.lower()
    heard = (text, "".join(text.split()))  # some put blanks between the characters
    if not any(word in way for word in WORDS["track"] for way in heard):
        return False
    return not any(word in way for word in WORDS["general"] for way in heard)


def _tail(heard: Understanding) -> Entity | None:
    """The last four digits of a phone: of a whole one, or four digits that can be nothing else."""
    if phone := next((e for e in heard.entities if e.type == "phone"), None):
        return Entity(TAIL, phone.value[-4:], phone.end - 4, phone.end)
    inside = [(e.start, e.end) for e in heard.entities]
    alone = [m for m in _FOUR.finditer(heard.plain) if not _within(m.start(), inside)]
    if len(alone) != 1:
        return None
    found = alone[0]
    named = any(word in heard.plain[: found.start()].lower() for word in WORDS["tail"])
    bare = heard.plain.strip() == found.group()
    beside_a_number = any(e.type in _NUMBERS for e in heard.entities)
    if not (named or bare or beside_a_number):
        return None
    return Entity(TAIL, found.group(), found.start(), found.end())


def _within(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _only_numbers(heard: Understanding) -> bool:
    """Whether the message is an order number or waybill and hardly anything else."""
    spans = [(e.start, e.end) for e in heard.entities if e.type in {*_NUMBERS, TAIL, "phone"}]
    if not any(e.type in _NUMBERS for e in heard.entities):
        return False
    rest = [c for n, c in enumerate(heard.plain) if c.isalnum() and not _within(n, spans)]
    return len(rest) <= 8
