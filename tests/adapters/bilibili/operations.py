"""The operations of the vectors, each calling the real code: ``run(op, input) -> dict``."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from adapters.bilibili.commands import BadCommandError, normalize
from adapters.bilibili.frames import Limits, Packet, decode, encode
from adapters.bilibili.sign import Keys, content_md5, signed_headers, string_to_sign
from tests.standins.bilibili_verify import Judge

Json = dict[str, Any]


def run(op: str, given: Json) -> Json:
    """The result of one operation; compare the keys that the vector expects."""
    return OPERATIONS[op](given)


def frame_decode(given: Json) -> Json:
    limits = Limits(given["limits"]["max_decompressed_bytes"], given["limits"]["max_depth"])
    found = decode(base64.b64decode(given["message_b64"]), limits)
    return {"packets": [_flat(packet) for packet in found.packets], "error": found.error}


def _flat(packet: Packet) -> Json:
    head = {"op": packet.op, "ver": packet.version, "seq": packet.sequence}
    if packet.json is not None:
        return {**head, "json": packet.json}
    if packet.popularity is not None:
        return {**head, "popularity": packet.popularity}
    return {**head, "ignored": True}


def frame_encode(given: Json) -> Json:
    packet = encode(given["op"], given["body"].encode(), given["ver"], given["seq"])
    return {"packet_b64": base64.b64encode(packet).decode()}


def sign(given: Json) -> Json:
    keys = Keys(given["access_key_id"], given["access_key_secret"], given["version"])
    body = given["body"].encode()
    headers = signed_headers(keys, body, given["nonce"], given["timestamp"])
    return {
        "content_md5": content_md5(body),
        "string_to_sign": string_to_sign(headers),
        "authorization": headers["Authorization"],
    }


def verify(given: Json) -> Json:
    judge = Judge(given["secrets"], max_skew_s=given["max_skew_s"])
    body, seen = given["body"].encode(), given["seen_nonces"]
    return {"code": judge.code(given["headers"], body, given["now"], seen)}


def command_normalize(given: Json) -> Json:
    try:
        event = normalize(given["command"])
    except BadCommandError as error:
        return {"error": str(error)}
    return {
        "platform": "bilibili",
        "kind": event.kind,
        "room_id": event.room_id,
        "message_id": event.message_id,
        "at_ms": event.at_ms,
        "user_id": event.user_id,
        "user_name": event.user_name,
        "text": event.text,
        **event.details,
    }


OPERATIONS: dict[str, Callable[[Json], Json]] = {
    "bili.frame.decode": frame_decode,
    "bili.frame.encode": frame_encode,
    "bili.sign": sign,
    "bili.sign.verify": verify,
    "bili.command.normalize": command_normalize,
}
