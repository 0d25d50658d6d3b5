"""What members write to the app and what happened, in the words of the core."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

import msgspec

from adapters._weixin.guard import Fields, text
from adapters._weixin.values import degrees, moment
from adapters.wecom.events import happened
from core.adapter import Refused
from core.message import Inbound, Sender
from core.parts import AnyPart, Event, Image, Link, Location, Text, Video, Voice

_MAX_ID = 128
STAFF = "staff"


def read(fields: Fields, now: datetime) -> Inbound:
    """The message in ``fields``; raise :class:`~core.adapter.Refused` for what makes no sense."""
    kind = text(fields, "MsgType").lower()
    sender = text(fields, "FromUserName")
    if not kind:
        raise Refused("no-type", 400)
    if not sender or len(sender) > _MAX_ID:
        raise Refused("no-sender", 200)
    at = moment(text(fields, "CreateTime"), now)
    if kind == "event":
        return happened(fields, _digest(fields), at)
    message_id = text(fields, "MsgId").strip()
    reader = _READERS.get(kind)
    part = reader(fields) if reader else Event("unknown", kind[:64], dict(fields))
    return Inbound(
        key=f"msgid:{message_id[:100]}" if message_id else f"content:{_digest(fields)}",
        conversation=sender,
        sender=Sender(id=sender, role=STAFF),
        parts=(part,),
        sent_at=at,
    )


def _location(fields: Fields) -> Location:
    north, east = (degrees(text(fields, name)) for name in ("Location_X", "Location_Y"))
    return Location(north, east, text(fields, "Label"))


def _voice(fields: Fields) -> Voice:
    return Voice(media_id=text(fields, "MediaId"), format=text(fields, "Format"))


def _video(fields: Fields) -> Video:
    return Video(media_id=text(fields, "MediaId"), thumb_id=text(fields, "ThumbMediaId"))


def _link(fields: Fields) -> Link:
    return Link(text(fields, "Url"), text(fields, "Title"), text(fields, "Description"))


_READERS: dict[str, Callable[[Fields], AnyPart]] = {
    "text": lambda fields: Text(text(fields, "Content")),
    "image": lambda fields: Image(url=text(fields, "PicUrl"), media_id=text(fields, "MediaId")),
    "voice": _voice,
    "video": _video,
    "location": _location,
    "link": _link,
}


def _digest(fields: Fields) -> str:
    """The platform repeats a push field by field, so all of them together tell pushes apart.

    Who and when, the documented key of an event, is too coarse: ``FromUserName`` is ``sys`` for
    most, and one second may bring several.
    """
    return hashlib.sha256(msgspec.json.encode(fields)).hexdigest()
