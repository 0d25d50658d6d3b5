"""From parsed fields to an :class:`~core.message.Inbound`, with a key that tells repeats apart."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

import msgspec

from adapters._weixin.guard import Fields, text
from adapters._weixin.values import degrees, moment
from adapters.wechat.events import Happened, event_name, facts, read_event
from core.adapter import Refused
from core.message import Inbound, Sender
from core.parts import AnyPart, Card, Event, Image, Link, Location, Text, Video, Voice

_MAX_KEY = 190  # characters; an event key may be a whole address
_MAX_ID = 128
# A WeCom customer-service notice: it names no person, its messages are fetched elsewhere.
_NOTICES = frozenset({"kf_msg_or_event"})


def read(fields: Fields, now: datetime) -> Inbound | None:
    """The message in ``fields``, or ``None`` for a notice that only wants an acknowledgement.

    Raise :class:`~core.adapter.Refused`: with status 200 where the request is honest but there is
    nobody to be answered, otherwise with 400.
    """
    kind = text(fields, "MsgType").lower()
    if not kind:
        raise Refused("no-type", 400)
    if kind == "event" and event_name(fields) in _NOTICES:
        return None
    sender = text(fields, "FromUserName")
    if not sender or len(sender) > _MAX_ID:
        raise Refused("no-sender", 200)
    happened = read_event(fields) if kind == "event" else None
    parts, trigger = _content(kind, fields, happened)
    union_id = text(fields, "UnionId")
    role, proven = (happened.role, happened.proven) if happened else ("customer", {})
    return Inbound(
        key=_key(kind, fields),
        conversation=sender,
        sender=Sender(id=sender, union_id=union_id, role=role, proven=proven),
        parts=parts,
        sent_at=moment(text(fields, "CreateTime"), now),
        trigger=trigger,
        context=_context(fields),
        owner=happened.owner if happened else "",
    )


def _content(
    kind: str, fields: Fields, happened: Happened | None
) -> tuple[tuple[AnyPart, ...], str]:
    if happened is not None:
        return (happened.event,), happened.trigger
    choice = text(fields, "bizmsgmenuid")
    if choice:
        # Choosing from a message menu counts as a click ("Customer service messages").
        return (Text(text(fields, "Content")), Event("choice", choice)), "click"
    reader = _READERS.get(kind)
    if reader is None:
        return (Event("unknown", kind[:_MAX_ID], facts(fields)),), "message"
    return (reader(fields),), "message"


def _voice(fields: Fields) -> Voice:
    # Recognition is being retired: absent and empty mean the same, a voice without words.
    return Voice(
        media_id=text(fields, "MediaId"),
        format=text(fields, "Format"),
        transcript=text(fields, "Recognition"),
    )


def _location(fields: Fields) -> Location:
    # X is the latitude although maps draw it upwards.
    return Location(
        latitude=degrees(text(fields, "Location_X")),
        longitude=degrees(text(fields, "Location_Y")),
        label=text(fields, "Label"),
    )


def _video(fields: Fields) -> Video:
    return Video(media_id=text(fields, "MediaId"), thumb_id=text(fields, "ThumbMediaId"))


def _card(fields: Fields) -> Card:
    data = {"app_id": "AppId", "path": "PagePath", "picture": "ThumbUrl"}
    return Card(
        kind="miniprogram",
        title=text(fields, "Title"),
        data={name: text(fields, element) for name, element in data.items()},
    )


def _link(fields: Fields) -> Link:
    return Link(text(fields, "Url"), text(fields, "Title"), text(fields, "Description"))


_READERS: dict[str, Callable[[Fields], AnyPart]] = {
    "text": lambda fields: Text(text(fields, "Content")),
    "image": lambda fields: Image(url=text(fields, "PicUrl"), media_id=text(fields, "MediaId")),
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
    "miniprogrampage": _card,
}


def _context(fields: Fields) -> dict[str, object]:
    """The article a message was written under, if it was."""
    article = text(fields, "MsgDataId")
    return {"article": article, "article_index": text(fields, "Idx")} if article else {}


def _key(kind: str, fields: Fields) -> str:
    """The platform's id, or for events who, when and what.

    The documented event key (who and when) is too coarse: two events of one second would collide.
    """
    who_when = f"{text(fields, 'FromUserName')}:{text(fields, 'CreateTime')}"
    if kind == "event":
        about = text(fields, "EventKey") or text(fields, "MsgID")
        about = about or text(fields, "ChatId") + text(fields, "ChangeType")
        key = f"event:{who_when}:{event_name(fields)}:{about}"
    elif (message_id := text(fields, "MsgId") or text(fields, "MsgID")).strip("0"):
        key = f"msgid:{message_id}"
    else:
        key = f"content:{who_when}:{_digest(msgspec.json.encode(fields))}"
    return key if len(key) <= _MAX_KEY else f"{key[:100]}:{_digest(key.encode())}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
