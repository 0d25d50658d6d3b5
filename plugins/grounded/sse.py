"""Server-sent events as chat completions use them: ``data: {...}`` lines, at last ``[DONE]``."""

from __future__ import annotations

import codecs
from collections.abc import AsyncIterator

LONGEST = 64 * 1024  # bytes of one line


async def events(chunks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """The data of each event. Raises :class:`ValueError` for an endless line and for bad UTF-8."""
    decoder, rest = codecs.getincrementaldecoder("utf-8")(), ""
    async for chunk in chunks:
        *whole, rest = (rest + decoder.decode(chunk)).split("\n")
        if len(rest) > LONGEST:
            raise ValueError("an endless line")
        for line in whole:
            if data := _data(line):
                yield data
    if data := _data(rest + decoder.decode(b"", final=True)):
        yield data


def _data(line: str) -> str:
    """What a line carries; comments, which keep a connection alive, and other fields nothing."""
    name, _, value = line.rstrip("\r").partition(":")
    return value.strip() if name == "data" else ""
