"""What happened, in words that hold on any platform, and what it lets us send."""

from __future__ import annotations

import re

from adapters._weixin.guard import Field, Fields, text
from core.adapter import Refused
from core.parts import Event

# Platform event -> (neutral name, what it opens in the reply window). Only these menu clicks open
# a window ("Customer service messages", quota table); view, job and session events open none.
_KNOWN = {
    "subscribe": ("follow", "follow"),
    "unsubscribe": ("unfollow", ""),
    "scan": ("scan", "scan"),
    "click": ("click", "click"),
    "scancode_push": ("scancode_push", "click"),
    "scancode_waitmsg": ("scancode_waitmsg", "click"),
    "user_enter_tempsession": ("enter", ""),
}
_COMMON = frozenset(
    {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "Encrypt"},
)
_LISTS = frozenset({"List", "item"})
_QR_PREFIX = "qrscene_"
_MAX_NAME = 64


def read_event(fields: Fields) -> tuple[Event, str]:
    """The event and its trigger. Events we do not know keep the platform's name."""
    platform_name = event_name(fields)
    name, trigger = _KNOWN.get(platform_name, (platform_name, ""))
    key = text(fields, "EventKey") or text(fields, "MsgID")
    if name == "follow":
        key = key.removeprefix(_QR_PREFIX)
    return Event(name, key, facts(fields)), trigger


def facts(fields: Fields) -> dict[str, Field]:
    """Everything but the envelope, under our spelling."""
    return {_snake(name): _neutral(value) for name, value in fields.items() if name not in _COMMON}


def event_name(fields: Fields) -> str:
    """The platform's name, lower-case: the wire mixes styles."""
    name = text(fields, "Event").lower()
    if not name or len(name) > _MAX_NAME:
        raise Refused("no-event-name", 400)
    return name


def _neutral(value: Field) -> Field:
    """Nested facts under our spelling; a list of one stays a list."""
    if isinstance(value, list):
        return [_neutral(item) for item in value]
    if isinstance(value, dict):
        return {
            _snake(name): [_neutral(child)]
            if name in _LISTS and not isinstance(child, list)
            else _neutral(child)
            for name, child in value.items()
        }
    return value


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
