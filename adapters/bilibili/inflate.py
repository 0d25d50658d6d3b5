"""Decompression with an output limit: a hostile body costs no more memory than the limit."""

from __future__ import annotations

import zlib

import brotli

STEP = 32 * 1024
"""Bytes: brotli hands out its output in steps of this size."""


class InflateError(Exception):
    """The body cannot be inflated; ``args[0]`` is the decoder's error name."""


class Budget:
    """What one message may cost: bytes delivered, and bodies that failed after costing work.

    Failures are counted apart, so that one broken body does not take the room of its neighbours,
    while a message made of nothing but bombs is refused after a few of them.
    """

    def __init__(self, limit: int, failures: int = 16) -> None:
        self.left = limit
        self._failures = failures

    def inflate(self, body: bytes, version: int) -> bytes:
        """The plain bytes; raises :class:`InflateError` (``too_large`` or ``inflate_failed``)."""
        if self._failures <= 0:
            raise InflateError("too_large")
        try:
            plain = _zlib(body, self.left) if version == 2 else _brotli(body, self.left)
        except InflateError:
            self._failures -= 1
            raise
        self.left -= len(plain)
        return plain


def _zlib(body: bytes, limit: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(body, limit + 1)
    except zlib.error as error:
        raise InflateError("inflate_failed") from error
    if len(plain) > limit:
        raise InflateError("too_large")
    if not stream.eof:  # cut off before the checksum: what came out may be half a packet
        raise InflateError("inflate_failed")
    return plain


def _brotli(body: bytes, limit: int) -> bytes:
    stream = brotli.Decompressor()
    plain, feed = bytearray(), body
    try:
        while not stream.is_finished():
            piece = stream.process(feed, output_buffer_limit=STEP)
            plain += piece
            if len(plain) > limit:
                raise InflateError("too_large")
            if not piece and not feed:  # nothing more to give, nothing more to take: cut off
                raise InflateError("inflate_failed")
            feed = b""
    except brotli.error as error:
        raise InflateError("inflate_failed") from error
    return bytes(plain)
