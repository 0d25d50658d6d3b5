"""Customers and groups of members: follow, welcome, join, leave, dismissed."""

from __future__ import annotations

import pytest

from core.parts import Event, load
from core.store.models import Message
from tests.adapters.wecom.firm import STAFF, firm, heard, said


def event_of(row: Message) -> Event:
    (event,) = load(row.parts)
    assert isinstance(event, Event)
    return event


async def test_a_new_customer_is_known_by_name_and_welcomed_by_the_code() -> None:
    async with firm(STAFF) as (shop, wecom):
        code = await wecom.adds("wmMei", "zhangsan", "live-7")
        await shop.settle()
        (row,) = await heard()
        event = event_of(row)
        assert (event.name, event.key) == ("follow", "live-7")
        assert event.data == {"member": "zhangsan", "half": False}
        assert (row.context["tags"], row.context["remark"]) == (["vip"], "from the fair")
        ((customer, body),) = wecom.welcomed
        assert (customer, body["welcome_code"]) == ("wmMei", code)
        assert body["text"]["content"] == "welcome, name of wmMei"
        assert code not in str(row.context) + row.parts


async def test_without_a_living_code_nothing_is_sent() -> None:
    async with firm(STAFF) as (shop, wecom):
        await wecom.adds("wmMei", "zhangsan", code=False)
        await shop.settle()
        assert wecom.calls["send_welcome_msg"] == 0
        assert [row.error for row in await said()] == ["no-welcome-code"]


async def test_a_used_code_is_final_and_an_unreached_platform_is_not() -> None:
    async with firm(STAFF) as (shop, wecom):
        wecom.fail("send_welcome_msg", 84071)
        await wecom.adds("wmMei", "zhangsan")
        await shop.settle()
        assert [row.error for row in await said()] == ["84071"]
        wecom.break_http("send_welcome_msg", 429)
        await wecom.adds("wmLi", "zhangsan")
        await shop.advance(seconds=3)
        assert [customer for customer, _ in wecom.welcomed] == ["wmLi"]


async def test_a_contact_that_may_not_be_read_holds_up_nothing() -> None:
    async with firm(STAFF) as (shop, wecom):
        wecom.fail("get", 84061)
        await wecom.adds("wmMei", "zhangsan")
        await shop.settle()
        assert [body["text"]["content"] for _, body in wecom.welcomed] == ["welcome, "]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("del_follow_user", "unfollow"),
        ("del_external_contact", "unfollowed"),
        ("edit_external_contact", "contact-changed"),
        ("transfer_fail", "transfer-failed"),
        ("something_new", "something_new"),
    ],
)
async def test_what_happens_to_a_contact_has_a_name(change: str, name: str) -> None:
    async with firm() as (shop, wecom):
        await wecom.contact(change, "wmMei", "zhangsan")
        await shop.settle()
        assert event_of((await heard())[0]).name == name


async def test_group_events_of_one_second_are_told_apart() -> None:
    async with firm() as (shop, wecom):
        await wecom.group_changes("wrA", "create")
        await wecom.group_changes("wrB", "create")
        await wecom.joins("wrA", "wmMei", "wmLi")
        left = {"UpdateDetail": "del_member", "QuitScene": "0", "MemChangeCnt": "1"}
        await wecom.group_changes("wrA", "update", **left)
        await wecom.group_changes("wrA", "update", UpdateDetail="change_owner")
        await wecom.group_changes("wrB", "dismiss")
        await shop.settle()
        rows = await Message.filter(direction="in").order_by("id").prefetch_related("conversation")
        told = [(r.conversation.external_id, event_of(r).name, event_of(r).key) for r in rows]
        assert told == [
            ("group:wrA", "group", "created"),
            ("group:wrB", "group", "created"),
            ("group:wrA", "join", "3"),
            ("group:wrA", "leave", "0"),
            ("group:wrA", "group", "changed"),
            ("group:wrB", "group", "dismissed"),
        ]
        assert {row.conversation.kind for row in rows} == {"group"}
        assert event_of(rows[2]).data == {"members": ["wmMei", "wmLi"], "count": 2}
