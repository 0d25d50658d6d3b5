"""What happened, in words that hold on any platform, and what it lets us send."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from adapters._weixin.guard import Field, Fields, text
from core.adapter import Refused
from core.parts import Event

# Platform event -> (neutral name, what it opens in the reply window). Only these menu clicks open
# a window ("Customer service messages", quota table); view, job and session events open none.
_KNOWN = {
    "subscribe": ("follow", "follow"),
    "unsubscribe": ("unfollow", "leave"),
    "scan": ("scan", "scan"),
    "click": ("click", "click"),
    "scancode_push": ("scancode_push", "click"),
    "scancode_waitmsg": ("scancode_waitmsg", "click"),
    "user_enter_tempsession": ("enter", "enter"),
}
# Session events of WeChat's own customer service -> what became of the session.
_SESSIONS = {
    "kf_create_session": ("taken", "KfAccount"),
    "kf_switch_session": ("transferred", "ToKfAccount"),
    "kf_close_session": ("ended", ""),
}
_RESULTS = {"success": "delivered", "failed:userblock": "refused"}
_COMMON = frozenset(
    {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "Encrypt"},
)
_LISTS = frozenset({"List", "item"})
_QR_PREFIX = "qrscene_"
_MAX_NAME = 64
_MAX_ACCOUNT = 60
_MAX_SCENE = 64  # characters that a code can carry


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, what it opens, and what else the platform says with it.

    ``owner``: whose the conversation is now; ``role``: who acted; ``proven``: facts about the
    customer to be remembered.
    """

    event: Event
    trigger: str = ""
    owner: str = ""
    role: str = "customer"
    proven: dict[str, str] = field(default_factory=dict[str, str])


def read_event(fields: Fields) -> Happened:
    """The event. Those we do not know keep the platform's name and all their fields."""
    platform_name = event_name(fields)
    if platform_name in _SESSIONS:
        return _session(platform_name, fields)
    name, trigger = _KNOWN.get(platform_name, (platform_name, ""))
    key = text(fields, "EventKey") or text(fields, "MsgID")
    if name == "follow":
        key = key.removeprefix(_QR_PREFIX)
    data: dict[str, Any] = {**facts(fields), **_TYPED.get(platform_name, _nothing)(fields)}
    # Where a follower came from, and the code scanned last ("QR codes with parameters").
    source = {"follow": "source", "scan": "scanned"}.get(name)
    return Happened(
        Event(name, key, data), trigger, proven={source: key[:_MAX_SCENE]} if source and key else {}
    )


def _session(platform_name: str, fields: Fields) -> Happened:
    became, who = _SESSIONS[platform_name]
    account = _word(fields, who)[:_MAX_ACCOUNT] if who else ""
    owner = f"agent:{account}" if account else "bot"
    return Happened(Event("session", became, facts(fields)), owner=owner, role="staff")


def facts(fields: Fields) -> dict[str, Field]:
    """Everything but the envelope, under our spelling."""
    return {_snake(name): _neutral(value) for name, value in fields.items() if name not in _COMMON}


def event_name(fields: Fields) -> str:
    """The platform's name, lower-case: the wire mixes styles."""
    name = text(fields, "Event").lower()
    if not name or len(name) > _MAX_NAME:
        raise Refused("no-event-name", 400)
    return name


def _nothing(_fields: Fields) -> dict[str, Any]:
    return {}


def _result(fields: Fields) -> dict[str, Any]:
    """Of a template message: ``delivered``, ``refused`` by the customer, or ``failed``."""
    status = _word(fields, "Status").lower().replace(" ", "")
    return {"result": _RESULTS.get(status, "failed")}


def _mass_result(fields: Fields) -> dict[str, Any]:
    """Of a mass message: how many got it."""
    names = ("TotalCount", "FilterCount", "SentCount", "ErrorCount")
    return {_snake(name): _count(_word(fields, name)) for name in names if _word(fields, name)}


def _consents(fields: Fields) -> dict[str, Any]:
    """Of subscription messages: the forms that the customer now takes, or no longer."""
    said: dict[str, bool] = {}
    for group in fields.values():
        entries: Field = group.get("List", []) if isinstance(group, dict) else []
        for entry in entries if isinstance(entries, list) else [entries]:
            if isinstance(entry, dict) and isinstance(form := entry.get("TemplateId"), str):
                said[form] = entry.get("SubscribeStatusString") == "accept"
    return {"consents": said}


def _place(fields: Fields) -> dict[str, Any]:
    """Of a reported place: degrees north and east, and metres of doubt; what is no number stays."""
    names = ("Latitude", "Longitude", "Precision")
    return {_snake(name): _number(_word(fields, name)) for name in names if _word(fields, name)}


def _scanned(fields: Fields) -> dict[str, Any]:
    """Of a scan from the menu: a bar code without the name of its kind, or the words of a QR."""
    told = fields.get("ScanCodeInfo")
    if not isinstance(told, dict):
        return {}
    result = told.get("ScanResult")
    if isinstance(result, str) and told.get("ScanType") == "barcode":
        result = result.partition(",")[2] or result
    return {"result": result} if isinstance(result, str) else {}


_TYPED: dict[str, Callable[[Fields], dict[str, Any]]] = {
    "templatesendjobfinish": _result,
    "masssendjobfinish": _mass_result,
    "subscribe_msg_popup_event": _consents,
    "subscribe_msg_change_event": _consents,
    "location": _place,
    "scancode_push": _scanned,
    "scancode_waitmsg": _scanned,
}


def _word(fields: Fields, name: str) -> str:
    """A field's text; empty where there is something stranger, which is kept as it is."""
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def _count(number: str) -> int | str:
    return int(number) if number.isascii() and number.isdigit() and len(number) < 16 else number


def _number(number: str) -> float | str:
    return float(number) if re.fullmatch(r"-?\d{1,9}(\.\d{1,15})?", number, re.ASCII) else number


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
