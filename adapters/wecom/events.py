"""Events of the app and of customer contact (pages 92130 and 92277), in words for any platform.

A customer's own are ``follow`` and ``unfollow``, a customer group's ``join``, ``leave`` and
``group`` (``created``, ``changed``, ``dismissed``); a pressed button is a ``choice``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from adapters._weixin.guard import Field, Fields, text
from adapters.wecom import place
from core.message import ConversationKind, Inbound, Sender
from core.parts import Event

_APP = {"subscribe": "follow", "unsubscribe": "unfollow", "enter_agent": "enter"}
_CONTACT = {
    "add_external_contact": "follow",
    "add_half_external_contact": "follow",
    "edit_external_contact": "contact-changed",
    "del_external_contact": "unfollowed",  # by the member
    "del_follow_user": "unfollow",  # by the customer
    "transfer_fail": "transfer-failed",
}
_GROUP = {"create": "created", "dismiss": "dismissed"}
_MEMBERS = {"add_member": "join", "del_member": "leave"}
_FRAME = frozenset({"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "AgentID"})
_SECRET = frozenset({"WelcomeCode", "ResponseCode"})  # who holds them may speak for us


def happened(fields: Fields, digest: str, at: datetime) -> Inbound:
    """One event as a message; what nobody knows yet is kept whole."""
    name = text(fields, "Event").lower()[:64]
    match name:
        case "change_external_contact":
            return _contact(fields, digest, at)
        case "change_external_chat":
            return _group(fields, digest, at)
        case "template_card_event":
            event = Event("choice", text(fields, "EventKey"), {"card": text(fields, "TaskId")})
        case _:
            key = text(fields, "EventKey") or text(fields, "ChangeType")
            event = Event(_APP.get(name, name or "unknown"), key[:190], _facts(fields))
    sender = text(fields, "FromUserName")
    return _inbound(digest, sender, Sender(id=sender, role="staff"), event, at)


def _contact(fields: Fields, digest: str, at: datetime) -> Inbound:
    change, customer = text(fields, "ChangeType"), text(fields, "ExternalUserID")
    known = _CONTACT.get(change, change[:64] or "unknown")
    data = {"member": text(fields, "UserID"), "half": change == "add_half_external_contact"}
    if reason := text(fields, "FailReason"):
        data["reason"] = reason
    event = Event(known, text(fields, "State")[:190], data)
    if not customer:
        return _inbound(digest, place.SYSTEM, _system(), event, at)
    return _inbound(digest, place.contact(customer), Sender(id=customer), event, at)


def _group(fields: Fields, digest: str, at: datetime) -> Inbound:
    change, detail = text(fields, "ChangeType"), text(fields, "UpdateDetail")
    if change == "update" and detail in _MEMBERS:
        scene = text(fields, "JoinScene") or text(fields, "QuitScene")
        data = {"members": _list(fields.get("MemChangeList")), "count": _count(fields)}
        event = Event(_MEMBERS[detail], scene, data)
    else:
        event = Event("group", _GROUP.get(change, "changed"), {"what": detail or change})
    chat = place.group(text(fields, "ChatId"))
    return _inbound(digest, chat, _system(), event, at)


def _inbound(digest: str, conversation: str, sender: Sender, event: Event, at: datetime) -> Inbound:
    group = conversation.startswith(place.GROUP)
    return Inbound(
        key=f"event:{digest}",
        conversation=conversation,
        sender=sender,
        parts=(event,),
        sent_at=at,
        kind=ConversationKind.GROUP if group else ConversationKind.DIRECT,
        trigger="",
    )


def _system() -> Sender:
    return Sender(id=place.SYSTEM, role="system")


def _facts(fields: Fields) -> dict[str, Any]:
    """Everything but the envelope and what is worth a secret."""
    return {name: value for name, value in fields.items() if name not in _FRAME | _SECRET}


def _list(value: Field | None) -> list[str]:
    """``<Item>`` elements: one or many, or none where an older client caused the change."""
    items = value.get("Item") if isinstance(value, dict) else None
    many = items if isinstance(items, list) else [items]
    return [item for item in many if isinstance(item, str) and item]


def _count(fields: Fields) -> int:
    number = text(fields, "MemChangeCnt")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
