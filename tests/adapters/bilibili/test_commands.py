"""Commands as messages: keys, people, parts, and foreign data."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.bilibili.commands import BadCommandError, normalize
from adapters.bilibili.wire import inbound
from core.message import ConversationKind, Inbound
from core.parts import Event, Text, dump, load

# a loaded machine is no finding
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TAILS = ("DM", "DM_MIRROR", "SEND_GIFT", "GUARD", "SUPER_CHAT", "SUPER_CHAT_DEL", "LIKE", "X")
VALUES = st.recursive(
    st.one_of(
        *(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
        st.sampled_from(("\ud800", "\0", "9" * 5000, 10**400)),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(
    (
        *(
            "room_id",
            "open_id",
            "uname",
            "msg_id",
            "timestamp",
            "msg",
            "message",
            "dm_type",
            "paid",
        ),
        *("gift_num", "r_price", "price", "guard_unit", "guard_num", "rmb", "message_ids"),
        *("like_count", "user_info", "is_admin", "reply_open_id", "like_text"),
    )
)


def message(tail: str, **data: Any) -> Inbound:
    event = normalize({"cmd": f"LIVE_OPEN_PLATFORM_{tail}", "data": data})
    return inbound(event, "room-of-session", "host-open-id", NOW)


def test_a_comment_is_text_of_a_live_conversation() -> None:
    got = message(
        "DM", room_id=7, msg="XL?", msg_id="m1", open_id="v1", uname="Momo", timestamp=1795240810
    )

    assert (got.key, got.conversation, got.kind) == ("m1", "7", ConversationKind.LIVE)
    assert (got.sender.id, got.sender.name, got.sender.role) == ("v1", "Momo", "customer")
    assert got.parts == (Text("XL?"),)
    assert got.sent_at.timestamp() == 1795240810
    assert got.trigger == "message"


def test_roles_are_those_the_platform_vouches_for() -> None:
    assert message("DM", open_id="v1", is_admin=1).sender.role == "staff"
    assert message("DM", open_id="host-open-id").sender.role == "host"


def test_a_sticker_is_no_question() -> None:
    got = message("DM", open_id="v1", msg="[ok]", dm_type=1)

    assert got.text == ""
    assert got.event is not None
    assert got.event.name == "emoticon"


def test_a_paid_message_is_a_question_and_an_event() -> None:
    got = message("SUPER_CHAT", open_id="v1", message="XL?", rmb=50, message_id=880012)

    assert got.text == "XL?"
    assert got.event is not None
    assert got.event.data["amount_fen"] == 5000


def test_the_room_of_the_session_and_now_stand_in_for_what_is_missing() -> None:
    got = message("LIKE", open_id="v1", like_count=3)

    assert (got.conversation, got.sent_at, got.trigger) == ("room-of-session", NOW, "")
    assert got.parts == (Event("like", data={"count": 3}),)


def test_without_a_message_id_equal_frames_have_equal_keys() -> None:
    one = message("DM", open_id="v1", msg="1", timestamp=1795240810)
    again = message("DM", open_id="v1", msg="1", timestamp=1795240810)
    later = message("DM", open_id="v1", msg="1", timestamp=1795240811)

    assert one.key == again.key != later.key
    assert len(message("DM", open_id="v1", msg_id="x" * 5000).key) < 128


def test_ids_that_no_table_holds_do_not_cost_the_neighbours() -> None:
    long = "x" * 5000
    got = message("DM", open_id=long, uname=long, room_id=long, union_id=long, msg=long)

    assert max(map(len, (got.sender.id, got.sender.name, got.sender.union_id, got.key))) < 200
    assert got.conversation == "room-of-session"
    assert len(got.text) == 2000


def test_unknown_people_do_not_become_one_person() -> None:
    one, other = message("DM", msg="1", msg_id="m1"), message("DM", msg="1", msg_id="m2")

    assert one.sender.id != other.sender.id


@PATIENT
@given(st.sampled_from(TAILS), st.dictionaries(FIELDS, VALUES))
def test_foreign_fields_never_raise_and_always_fit_the_ledger(
    tail: str, data: dict[str, Any]
) -> None:
    got = message(tail, **data)

    assert load(dump(got.parts)) == got.parts
    assert max(map(len, (got.key, got.conversation, got.sender.id, got.sender.name))) < 200
    assert "\0" not in msgspec.json.encode(got).decode()


@PATIENT
@given(VALUES)
def test_what_is_no_command_is_refused(value: object) -> None:
    for packet in (value, {"cmd": value}, {"cmd": "LIVE_OPEN_PLATFORM_DM", "data": value}):
        with contextlib.suppress(BadCommandError):
            normalize(packet)
