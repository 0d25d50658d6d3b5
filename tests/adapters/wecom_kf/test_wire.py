"""Entries of ``sync_msg`` as parts and events."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom_kf.events import happened
from adapters.wecom_kf.item import Item, items
from adapters.wecom_kf.wire import said
from core.parts import (
    AnyPart,
    Card,
    Event,
    File,
    Image,
    Link,
    Location,
    Menu,
    Option,
    Text,
    Video,
    Voice,
    dump,
    load,
)

PRODUCT = {"product_id": "7", "title": "Cup", "sales_price": "9.90", "shop_nickname": "S"}
MENU = {
    "head_content": "head",
    "list": [{"type": "click", "click": {"id": "a", "content": "A"}}, {"type": "view"}, 3],
    "tail_content": "tail",
}


def item(kind: str, body: object, **fields: Any) -> Item:
    entry = {"msgid": "1", "external_userid": "wm1", "send_time": 5, "origin": 3}
    (made,) = items({"msg_list": [entry | {"msgtype": kind, kind: body} | fields]}, "wk1")
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("kind", "body", "parts"),
    [
        ("text", {"content": "hi"}, (Text("hi"),)),
        ("text", {"content": "A", "menu_id": "a"}, (Text("A"), Event("choice", "a"))),
        ("image", {"media_id": "M"}, (Image(media_id="M"),)),
        ("voice", {"media_id": "M"}, (Voice(media_id="M", format="amr"),)),
        ("video", {"media_id": "M"}, (Video(media_id="M"),)),
        ("file", {"media_id": "M"}, (File(media_id="M"),)),
        (
            "location",
            {"latitude": 30.5, "longitude": 104, "name": "Gate", "address": "Road 1"},
            (Location(30.5, 104.0, "Gate Road 1"),),
        ),
        ("link", {"title": "T", "desc": "D", "url": "u"}, (Link("u", "T", "D"),)),
        ("business_card", {"userid": "z"}, (Card("business_card", data={"id": "z"}),)),
        (
            "miniprogram",
            {"title": "T", "appid": "wx", "pagepath": "p", "thumb_media_id": "M"},
            (Card("miniprogram", "T", data={"app_id": "wx", "path": "p", "picture_id": "M"}),),
        ),
        ("msgmenu", MENU, (Menu("head", (Option("a", "A"),), "tail"),)),
        ("note", {"x": 1}, (Event("unknown", "note", {"x": 1}),)),
        ("meeting", "no object", (Event("unknown", "meeting"),)),
    ],
)
def test_what_customers_send(kind: str, body: object, parts: tuple[AnyPart, ...]) -> None:
    message = said(item(kind, body))
    assert message.parts == parts
    assert (message.conversation, message.sender.id) == ("wk1/wm1", "wm1")
    assert (message.trigger, message.owner) == ("message", "")


def test_a_product_of_the_video_shop() -> None:
    (card,) = said(item("channels_shop_product", PRODUCT)).parts
    assert isinstance(card, Card)
    assert (card.kind, card.title, card.data["id"], card.data["price"]) == (
        *("product", "Cup"),
        *("7", "9.90"),
    )


def test_a_servicers_message_opens_nothing_and_takes_the_conversation() -> None:
    message = said(item("text", {"content": "hi"}, origin=5, servicer_userid="lisi"))
    assert (message.sender.role, message.sender.name) == ("staff", "agent:lisi")
    assert (message.trigger, message.owner) == ("", "agent:lisi")


@pytest.mark.parametrize(
    ("change", "owner", "trigger"),
    [(1, "agent:b", "taken"), (2, "agent:b", "transferred"), (3, "bot", "ended"), (9, "", "")],
)
def test_sessions_change_hands(change: int, owner: str, trigger: str) -> None:
    body = {"event_type": "session_status_change", "external_userid": "wm1", "msg_code": "C"}
    after = {"new_servicer_userid": "b"} if owner.startswith("agent") else {}
    message, code = happened(item("event", body | after | {"change_type": change}))
    assert message.owner == owner
    assert message.event == Event(
        "session",
        trigger or "changed",
        {"before": "", "after": after.get("new_servicer_userid", "")},
    )
    assert code is not None
    assert ("msgmenu" in code.kinds) is (change == 3)


def test_entering_tells_the_scene() -> None:
    body = {"event_type": "enter_session", "scene": "live", "scene_param": "order-7"}
    message, _ = happened(item("event", body | {"wechat_channels": {"scene": 2}}))
    assert message.event == Event(
        "enter", "live", {"scene_param": "order-7", "channels": {"scene": 2}}
    )
    assert message.context == {"scene": "live", "scene_param": "order-7"}


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("user_recall_msg", Event("recall", "m7")),
        ("reject_customer_msg_switch_change", Event("reject", "on")),
    ],
)
def test_other_events(kind: str, event: Event) -> None:
    body = {"event_type": kind, "recall_msgid": "m7", "reject_switch": 1}
    assert happened(item("event", body))[0].event == event


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KINDS = st.sampled_from(
    ["text", "event", "msgmenu", "location", "link", "miniprogram", "voice", "channels", "odd"]
)
BODIES = JSON | st.fixed_dictionaries(
    {},
    optional={
        "event_type": st.sampled_from(
            ["enter_session", "session_status_change", "user_recall_msg"]
        ),
        "content": JSON,
        "list": JSON,
        "latitude": JSON,
        "change_type": JSON,
        "wechat_channels": JSON,
        "scene": JSON,
    },
)


@given(kind=KINDS, body=BODIES, fields=st.dictionaries(st.sampled_from(["origin", "x"]), JSON))
def test_nothing_that_comes_makes_it_stumble(kind: str, body: object, fields: Any) -> None:
    entry = {"msgid": "1", "external_userid": "wm1", "msgtype": kind, kind: body} | fields
    for made in items({"msg_list": [entry]}, "wk1"):
        if made is not None:
            message = happened(made)[0] if kind == "event" else said(made)
            assert load(dump(message.parts)) is not None


@given(JSON)
def test_no_answer_makes_it_stumble(answer: object) -> None:
    assert isinstance(items({"msg_list": answer}, "wk1"), list)
