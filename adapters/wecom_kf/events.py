"""What happened, in the words of the core (page 94670, events)."""

from __future__ import annotations

from typing import Any

from adapters._weixin import codes
from adapters._weixin.codes import Code
from adapters._weixin.loose import mapping
from adapters.wecom_kf.item import Item
from core.message import Inbound, Sender
from core.parts import Event

# change_type of session_status_change, and fail_type of msg_send_fail
_CHANGES: dict[float, str] = {1: "taken", 2: "transferred", 3: "ended", 4: "reopened"}
FAILURES: dict[float, str] = {
    1: "account-deleted",
    2: "app-closed",
    4: "window-closed",
    5: "session-closed",
    6: "quota-used",
    7: "video-account-unbound",
    8: "not-verified",
    10: "customer-refuses",
    11: "no-member-logged-in",
    12: "type-forbidden",
}


def happened(item: Item) -> tuple[Inbound, Code | None]:
    """The event as a message, and the one-time code it brings. A trigger needs a living code."""
    match item.word("event_type"):
        case "enter_session":
            return _entered(item)
        case "session_status_change":
            return _changed(item)
        case "user_recall_msg" | "servicer_recall_msg" as kind:
            role = "staff" if kind.startswith("servicer") else "customer"
            return _inbound(item, Event("recall", item.word("recall_msgid")), role), None
        case "reject_customer_msg_switch_change":
            key = "on" if item.number("reject_switch") else "off"
            return _inbound(item, Event("reject", key), "staff"), None
        case kind:
            return _inbound(item, Event(kind[:64] or "unknown", "", item.body), "customer"), None


def _entered(item: Item) -> tuple[Inbound, Code | None]:
    scene, argument = item.word("scene"), item.word("scene_param")
    context: dict[str, Any] = {"scene": scene, "scene_param": argument}
    data: dict[str, Any] = {"scene_param": argument}
    if video := mapping(item.body.get("wechat_channels")):
        data["channels"] = video
    code = codes.spoken(item.word("welcome_code"), item.at, codes.WELCOME)
    event = Event("enter", scene, data)
    return _inbound(item, event, "customer", trigger="enter", context=context), code


def _changed(item: Item) -> tuple[Inbound, Code | None]:
    change = _CHANGES.get(item.number("change_type"), "changed")
    before, after = item.word("old_servicer_userid"), item.word("new_servicer_userid")
    event = Event("session", change, {"before": before, "after": after})
    value, code = item.word("msg_code"), None
    if change == "ended":
        code = codes.spoken(value, item.at, codes.ENDED)
    elif value:
        code = codes.words(value, item.at)
    owner = "bot" if change == "ended" else f"agent:{after}" if after else ""
    return _inbound(item, event, "staff", trigger=change, owner=owner), code


def _inbound(
    item: Item,
    event: Event,
    role: str,
    *,
    trigger: str = "",
    context: dict[str, Any] | None = None,
    owner: str = "",
) -> Inbound:
    return Inbound(
        key=item.msgid,
        conversation=item.conversation,
        sender=Sender(id=item.customer, role=role),
        parts=(event,),
        sent_at=item.at,
        trigger=trigger,
        context=context or {},
        owner=owner,
    )
