"""The frame decoder against hostile bytes."""

from __future__ import annotations

import json
import struct
import zlib

import brotli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.bilibili.frames import Limits, decode, encode

# a loaded machine is no finding
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ERRORS = {
    *(None, "truncated_header", "truncated_body", "bad_packet_len", "bad_header_len"),
    *("unsupported_version", "inflate_failed", "too_large", "nesting_too_deep", "bad_json"),
}
BODIES = st.one_of(
    st.binary(max_size=64),
    st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=8)).map(
        lambda value: json.dumps(value).encode()
    ),
)


def packed(op: int, version: int, body: bytes) -> bytes:
    return encode(op, body, version=version, sequence=0)


def squeezed(inner: bytes) -> st.SearchStrategy[bytes]:
    return st.sampled_from(
        (packed(5, 2, zlib.compress(inner)), packed(5, 3, brotli.compress(inner)))
    )


PACKETS = st.builds(packed, st.sampled_from((2, 3, 5, 7, 8, 99)), st.integers(0, 5), BODIES)
RUNS = st.recursive(
    st.lists(PACKETS, min_size=1, max_size=4).map(b"".join),
    lambda inner: inner.flatmap(squeezed),
    max_leaves=4,
)
HEADS = st.builds(
    struct.Struct(">IHHII").pack,
    st.one_of(st.integers(0, 64), st.integers(0, 2**32 - 1)),
    st.one_of(st.integers(0, 32), st.integers(0, 2**16 - 1)),
    *(st.integers(0, 4), st.integers(0, 9), st.integers(0, 2**32 - 1)),
)


@PATIENT
@given(st.one_of(st.binary(max_size=256), RUNS, st.lists(HEADS | RUNS).map(b"".join)))
def test_decoder_never_raises_and_names_its_errors(message: bytes) -> None:
    found = decode(message)

    assert found.error in ERRORS


@PATIENT
@given(RUNS, st.integers(0, 10_000), st.integers(0, 255))
def test_one_flipped_byte_never_raises(message: bytes, at: int, value: int) -> None:
    spoiled = bytearray(message)
    spoiled[at % len(spoiled)] = value

    assert decode(bytes(spoiled)).error in ERRORS


@PATIENT
@given(RUNS, st.integers(1, 200))
def test_output_stays_within_the_limit(message: bytes, limit: int) -> None:
    found = decode(message, Limits(inflated=limit, depth=2))

    assert 16 * len(found.packets) <= len(message) + limit


def test_a_bomb_does_not_take_its_neighbours_along() -> None:
    bomb = packed(5, 3, brotli.compress(bytes(8 * 1024 * 1024)))
    good = packed(5, 2, zlib.compress(packed(5, 0, b'{"cmd":"x"}')))

    found = decode(good + bomb + good)

    assert found.error == "too_large"
    assert [packet.json for packet in found.packets] == [{"cmd": "x"}] * 2


def test_a_message_of_bombs_costs_a_bounded_number_of_inflations() -> None:
    bomb = packed(5, 2, zlib.compress(bytes(200_000)))

    found = decode(bomb * 500 + packed(5, 0, b"{}"), Limits(inflated=100_000))

    assert found.error == "too_large"
    assert len(found.packets) == 1


def test_deep_json_is_bad_json_and_the_next_packet_is_delivered() -> None:
    deep = packed(5, 0, b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}")

    found = decode(deep + packed(5, 0, b"{}"))

    assert found.error == "bad_json"
    assert len(found.packets) == 1


def test_numbers_that_are_not_json_are_refused() -> None:
    for body in (b'{"a":NaN}', b'{"a":-Infinity}', b'{"a":' + b"9" * 10_000 + b"}"):
        assert decode(packed(5, 0, body)).error == "bad_json"


def test_other_unicode_encodings_are_refused() -> None:
    assert decode(packed(5, 0, '{"a":1}'.encode("utf-16"))).error == "bad_json"
