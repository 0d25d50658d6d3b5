"""What stands in the queue: the messages of one acceptance, as JSON with a version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import msgspec

from core.message import Inbound

VERSION = 1
"""Raise it when an older drain would misread what is written. New fields with defaults do not."""


class Entry(msgspec.Struct, frozen=True):
    """Messages of one channel in their order; ``at``: when they were taken in."""

    channel: str
    at: datetime
    messages: tuple[Inbound, ...]
    v: int = VERSION


class UnreadableError(ValueError):
    """Not an entry, or one of a later version."""


@dataclass(frozen=True, slots=True)
class Packed:
    """An entry ready to be written. The same messages have the same ``name``."""

    name: str
    data: bytes


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Entry)


def pack(channel: str, messages: Sequence[Inbound], at: datetime, limit: int) -> Iterator[Packed]:
    """One entry, or several where one would have more than ``limit`` bytes."""
    data = encode(Entry(channel, at, tuple(messages)))
    if len(data) <= limit or len(messages) <= 1:
        yield Packed(_name(channel, messages), data)
        return
    half = len(messages) // 2
    yield from pack(channel, messages[:half], at, limit)
    yield from pack(channel, messages[half:], at, limit)


def encode(entry: Entry) -> bytes:
    """Write an entry."""
    return _encoder.encode(entry)


def unpack(data: bytes) -> Entry:
    """Read an entry; raises :class:`UnreadableError`."""
    try:
        entry = _decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise UnreadableError(str(error)) from error
    if entry.v > VERSION:
        raise UnreadableError(f"version {entry.v}; this process reads up to {VERSION}")
    return entry


def _name(channel: str, messages: Sequence[Inbound]) -> str:
    """Channel and keys, in letters that a header may carry."""
    keys = _encoder.encode([channel, *(message.key for message in messages)])
    return blake2b(keys, digest_size=16).hexdigest()
