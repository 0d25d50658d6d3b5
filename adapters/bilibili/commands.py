"""Commands of the room as neutral live events (platform page "command list").

Both surfaces use the same names behind another prefix. A field that is missing or of the wrong
type never breaks anything; a command that is not known gives an event of kind ``unknown``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import msgspec

from adapters.bilibili.fields import Data, flag, number, part, text, texts

_PREFIXES = ("LIVE_OPEN_PLATFORM_", "OPEN_LIVEROOM_")
_MONTH = chr(0x6708)  # the unit of a normal subscription; any other text stands for number and unit


class BadCommandError(Exception):
    """The object is no command: no ``cmd``, or no ``data`` object."""


class LiveEvent(msgspec.Struct, frozen=True):
    """What happened in the room. Ids are strings, ``at_ms`` is Unix milliseconds, 0 if unknown.

    ``details`` holds what only this kind has: ``count``, ``amount_fen``, ``gift_name`` and so on.
    """

    kind: str
    command: str
    room_id: str = ""
    message_id: str = ""
    at_ms: int = 0
    user_id: str = ""
    user_name: str = ""
    union_id: str = ""
    text: str = ""
    details: dict[str, Any] = {}


def normalize(packet: object) -> LiveEvent:
    """The neutral event of a decoded message; raises :class:`BadCommandError`."""
    command: Data = cast("Data", packet) if isinstance(packet, dict) else {}
    name, data = command.get("cmd"), command.get("data")
    if not isinstance(name, str) or not isinstance(data, dict):
        raise BadCommandError("bad_command")
    name = text(command, "cmd").partition(":")[0]
    kind, read = _KINDS.get(_tail(name), ("unknown", _nothing))
    return _event(kind, name, cast("Data", data), read)


def _tail(name: str) -> str:
    prefix = next((p for p in _PREFIXES if name.startswith(p)), None)
    return name.removeprefix(prefix) if prefix else ""


def _event(kind: str, name: str, data: Data, read: Reader) -> LiveEvent:
    details = read(data)
    viewer = part(data, "user_info") or data  # a subscription wraps its viewer
    return LiveEvent(
        kind=str(details.pop("kind", kind)),
        command=name,
        room_id=text(data, "room_id"),
        message_id=text(data, "msg_id"),
        at_ms=number(data, "timestamp") * 1000,
        user_id=text(viewer, "open_id"),
        user_name=text(viewer, "uname"),
        union_id=text(viewer, "union_id"),
        text=str(details.pop("text", "")),
        details=details,
    )


def _nothing(_data: Data) -> dict[str, Any]:
    return {}


def _comment(data: Data) -> dict[str, Any]:
    details: dict[str, Any] = {"text": text(data, "msg"), "is_moderator": flag(data, "is_admin")}
    if number(data, "dm_type") == 1:  # a sticker: its text is a name, not a question
        details |= {"kind": "emoticon", "image_url": text(data, "emoji_img_url")}
    if reply_to := text(data, "reply_open_id"):
        details |= {"reply_to_user_id": reply_to, "reply_to_user_name": text(data, "reply_uname")}
    return details


def _mirror(data: Data) -> dict[str, Any]:
    return _comment(data) | {"kind": "mirror_comment"}


def _fen(amount: int, per_fen: int = 1) -> int:
    """An amount of money, kept within what JSON numbers carry exactly."""
    return max(0, min(amount // per_fen, 2**53))


def _gift(data: Data) -> dict[str, Any]:
    count = number(data, "gift_num")
    # 1000 is one yuan, so 10 is one fen; free gifts carry a price too, and r_price is what was paid
    paid = _fen(number(data, "r_price") * count, 10) if flag(data, "paid") else 0
    return {
        "gift_id": text(data, "gift_id"),
        "gift_name": text(data, "gift_name"),
        "count": count,
        "amount_fen": paid,
    }


def _guard(data: Data) -> dict[str, Any]:
    unit = text(data, "guard_unit")
    return {
        "guard_level": number(data, "guard_level"),
        "guard_text": f"{number(data, 'guard_num')}{unit}" if unit == _MONTH else unit,
        "amount_fen": _fen(number(data, "price"), 10),
    }


def _superchat(data: Data) -> dict[str, Any]:
    return {
        "text": text(data, "message"),
        "superchat_id": text(data, "message_id"),
        "amount_fen": _fen(number(data, "rmb") * 100),
    }


def _superchat_delete(data: Data) -> dict[str, Any]:
    return {"superchat_ids": texts(data, "message_ids")}


def _like(data: Data) -> dict[str, Any]:
    return {"text": text(data, "like_text"), "count": number(data, "like_count")}


def _stream(data: Data) -> dict[str, Any]:
    return {"title": text(data, "title"), "area": text(data, "area_name") or text(data, "area_id")}


def _session_end(data: Data) -> dict[str, Any]:
    return {"session_id": text(data, "game_id")}


Reader = Callable[[Data], dict[str, Any]]
_KINDS: dict[str, tuple[str, Reader]] = {
    "DM": ("comment", _comment),
    "DM_MIRROR": ("mirror_comment", _mirror),
    "SEND_GIFT": ("gift", _gift),
    "GUARD": ("guard", _guard),
    "SUPER_CHAT": ("superchat", _superchat),
    "SUPER_CHAT_DEL": ("superchat_delete", _superchat_delete),
    "LIKE": ("like", _like),
    "LIVE_ROOM_ENTER": ("enter", _nothing),
    "LIVE_START": ("live_start", _stream),
    "LIVE_END": ("live_end", _stream),
    "INTERACTION_END": ("session_end", _session_end),
}
