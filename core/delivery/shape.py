"""Shaping: a post becomes messages that the channel can carry."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.adapter import Capabilities
from core.parts import AnyPart, Menu, Text, as_text


def shape(parts: Sequence[AnyPart], can: Capabilities) -> list[tuple[AnyPart, ...]]:
    """One tuple of parts for each platform message, in order.

    A text before a menu without a head becomes its head; what the channel cannot carry becomes
    text; neighbouring texts join; a text over ``max_text`` bytes is split at the best place.
    """
    folded: list[AnyPart] = []
    for part in parts:
        last = folded[-1] if folded else None
        if isinstance(part, Menu) and not part.head and isinstance(last, Text):
            folded[-1] = msgspec.structs.replace(part, head=last.text)
        else:
            folded.append(part)
    plain: list[AnyPart] = []
    for part in folded:
        shown = part if part.__struct_config__.tag in can.parts else Text(as_text(part))
        last = plain[-1] if plain else None
        if isinstance(shown, Text) and isinstance(last, Text):
            plain[-1] = Text(f"{last.text}\n{shown.text}".strip("\n"))
        elif not isinstance(shown, Text) or shown.text:
            plain.append(shown)
    return [piece for part in plain for piece in _pieces(part, can)]


def _pieces(part: AnyPart, can: Capabilities) -> list[tuple[AnyPart, ...]]:
    if isinstance(part, Text):
        return [(Text(piece),) for piece in split(part.text, can.max_text)]
    if isinstance(part, Menu) and _size(part.head) > can.max_text // 2:
        *before, head = split(part.head, can.max_text // 2)
        return [*((Text(piece),) for piece in before), (msgspec.structs.replace(part, head=head),)]
    return [(part,)]


def split(text: str, limit: int) -> list[str]:
    """Pieces of at most ``limit`` bytes of UTF-8, cut after a line, a sentence or a space if any.

    No character is lost but white space around a cut; a limit below 4 bytes is taken as 4.
    """
    limit = max(limit, 4)
    pieces: list[str] = []
    while _size(text) > limit:
        head = text.encode()[:limit].decode(errors="ignore")
        cut = _best_cut(head)
        piece = text[:cut].rstrip()
        if piece:
            pieces.append(piece)
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces


def _best_cut(head: str) -> int:
    least = len(head) // 2
    for marks in ("\n", "\u3002\uff01\uff1f!?", "\uff1b;\uff0c,", " "):
        cut = max(head.rfind(mark) for mark in marks) + 1
        if cut > least:
            return cut
    return len(head)


def _size(text: str) -> int:
    return len(text.encode())
