"""The packet codec of the live WebSocket (platform page "WebSocket", packet layout).

:func:`decode` never raises: it gives every packet it could read plus the name of the first error.
Framing errors end the run they are in; content errors skip their packet only.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NoReturn, cast

from adapters.bilibili.inflate import Budget, InflateError

_HEADER = struct.Struct(">IHHII")  # packet length, header length, version, operation, sequence


class Op(IntEnum):
    """Operations of the header field of that name."""

    HEARTBEAT = 2
    HEARTBEAT_REPLY = 3
    MESSAGE = 5
    AUTH = 7
    AUTH_REPLY = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """``inflated``: bytes one message may decompress to in all; ``depth``: packets in packets."""

    inflated: int = 4 * 1024 * 1024
    depth: int = 2


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet; ``json`` for messages and auth replies, ``popularity`` for heartbeat replies.

    With neither, the operation is unknown and the packet is there to be counted only.
    """

    op: int
    version: int
    sequence: int
    json: dict[str, Any] | None = None
    popularity: int | None = None


@dataclass(slots=True)
class Decoded:
    """What a WebSocket message held, in order of arrival; ``error`` is the first error's name."""

    packets: list[Packet] = field(default_factory=list[Packet])
    error: str | None = None

    def fail(self, error: str) -> None:
        """Remember the first error."""
        self.error = self.error or error


def encode(op: int, body: bytes = b"", version: int = 1, sequence: int = 1) -> bytes:
    """One packet as the client sends it."""
    return _HEADER.pack(_HEADER.size + len(body), _HEADER.size, version, op, sequence) + body


def decode(message: bytes, limits: Limits | None = None) -> Decoded:
    """The packets of one WebSocket message; never raises, never uses more than the limits."""
    limits = limits or Limits()
    found = Decoded()
    _run(message, limits.depth, Budget(limits.inflated), found)
    return found


def _run(data: bytes, depth: int, budget: Budget, found: Decoded) -> None:
    for head, body in _frames(data, found):
        if head.op == Op.HEARTBEAT_REPLY:
            if len(body) < 4:
                found.fail("truncated_body")
            else:
                popularity = int.from_bytes(body[:4], "big")
                packet = Packet(head.op, head.version, head.sequence, popularity=popularity)
                found.packets.append(packet)
            return  # the server may echo our heartbeat's body behind it, outside any packet
        if head.op == Op.AUTH_REPLY:
            _json(head, body, found)
        elif head.op != Op.MESSAGE:
            found.packets.append(head)
        elif body:
            _message(head, body, depth, budget, found)


def _frames(data: bytes, found: Decoded) -> Iterator[tuple[Packet, bytes]]:
    at, end = 0, len(data)
    while at < end or end == 0:
        if end - at < _HEADER.size:
            return found.fail("truncated_header")
        length, header, version, op, sequence = cast(
            "tuple[int, int, int, int, int]", _HEADER.unpack_from(data, at)
        )
        if length < _HEADER.size:
            return found.fail("bad_packet_len")
        if not _HEADER.size <= header <= length:
            return found.fail("bad_header_len")
        if length > end - at:
            return found.fail("truncated_body")
        yield Packet(op, version, sequence), data[at + header : at + length]
        at += length
    return None


def _message(head: Packet, body: bytes, depth: int, budget: Budget, found: Decoded) -> None:
    if head.version in {0, 1}:
        _json(head, body, found)
    elif head.version not in {2, 3}:
        found.fail("unsupported_version")
    elif depth == 0:
        found.fail("nesting_too_deep")
    else:
        try:
            plain = budget.inflate(body, head.version)
        except InflateError as error:
            found.fail(str(error))
        else:
            _run(plain, depth - 1, budget, found)


def _json(head: Packet, body: bytes, found: Decoded) -> None:
    try:
        value: object = json.loads(body.decode("utf-8"), parse_constant=_not_json)
    except (ValueError, RecursionError):  # ValueError covers broken UTF-8 and endless digits
        return found.fail("bad_json")
    if not isinstance(value, dict):
        return found.fail("bad_json")
    data = cast("dict[str, Any]", value)
    found.packets.append(Packet(head.op, head.version, head.sequence, json=data))
    return None


def _not_json(word: str) -> NoReturn:
    raise ValueError(word)  # NaN and Infinity, which Python would take
