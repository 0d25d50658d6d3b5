"""The strict form of an answer: a JSON object on every line, closed by ``{"done": true}``.

``{"say": "...", "from": ["shop-001"]}`` is one line of the answer; ``{"refuse": true}`` alone says
that the sources do not answer the question. Anything else is garbage, and garbage is not mended:
only fences of a code block are passed over, because many models cannot leave them out.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

import msgspec

from plugins.grounded.verify import Line

MOST = 12  # lines of an answer
FENCES = {"```", "```json", "```jsonl"}


class NotAnAnswer(Exception):  # noqa: N818 - reads as a fact
    """The model's words are no answer in the strict form; ``reason`` is a short word."""

    def __init__(self, reason: str) -> None:
        """``reason``: ``garbage``, ``refused``, ``unfinished`` or ``too-long``."""
        super().__init__(reason)
        self.reason = reason


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    say: str = ""
    cites: list[str] = msgspec.field(name="from", default_factory=list[str])
    refuse: bool = False
    done: bool = False


_decoder = msgspec.json.Decoder(_Row)


async def lines(pieces: AsyncIterator[str]) -> AsyncGenerator[Line]:
    """The lines of an answer as they come; raises :class:`NotAnAnswer`."""
    count, done = 0, False
    async for text in _rows(pieces):
        if done:
            raise NotAnAnswer("garbage")
        row = _read(text)
        if row.refuse:
            raise NotAnAnswer("refused")
        if row.done:
            done = True
            continue
        count += 1
        if count > MOST:
            raise NotAnAnswer("too-long")
        yield Line(row.say, tuple(row.cites))
    if not done or not count:
        raise NotAnAnswer("unfinished")


async def _rows(pieces: AsyncIterator[str]) -> AsyncIterator[str]:
    """What stands between line breaks, without blank lines and fences."""
    rest = ""
    async for piece in pieces:
        *whole, rest = (rest + piece).split("\n")
        for row in whole:
            if row.strip() and row.strip() not in FENCES:
                yield row.strip()
    if rest.strip() and rest.strip() not in FENCES:
        yield rest.strip()


def _read(text: str) -> _Row:
    try:
        row = _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise NotAnAnswer("garbage") from None
    if sum((bool(row.say), row.refuse, row.done)) != 1 or (row.cites and not row.say):
        raise NotAnAnswer("garbage")
    return row
