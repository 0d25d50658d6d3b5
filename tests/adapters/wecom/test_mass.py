"""A post to a customer group is a task: made once, whatever dies in between."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from core.parts import Event, Image, Link, Text, load
from core.store.models import Message
from core.testing import START, Shop
from tests.adapters.wecom.firm import firm, heard, post, said
from tests.standins.wecom_app import WeComApp

WORDS = Text("周三辅食教程")


@pytest.fixture
async def wecom() -> AsyncGenerator[WeComApp]:
    platform = WeComApp()
    await platform.start()
    yield platform
    await platform.stop()


async def mass(shop: Shop, wecom: WeComApp, *chats: str, key: str = "post") -> None:
    wecom.groups |= dict.fromkeys(chats, "zhangsan")
    for chat in chats:
        await post(shop, f"group:{chat}", WORDS, kind="group", key=f"{key}:{chat}")


async def told() -> list[Event]:
    parts = [load(row.parts)[0] for row in await heard()]
    return [part for part in parts if isinstance(part, Event)]


async def test_a_post_is_a_task_for_the_owner_of_the_group() -> None:
    async with firm() as (shop, wecom):
        await mass(shop, wecom, "wrA")
        (task,) = wecom.mass.tasks
        assert task.body == {
            "chat_type": "group",
            "chat_id_list": ["wrA"],
            "sender": "zhangsan",
            "text": {"content": WORDS.text},
        }
        (row,) = await said()
        assert (row.state, row.platform_id) == ("sent", task.msgid)
        (event,) = await told()
        assert (event.name, event.key, event.data["waiting"]) == ("task", "created", ["zhangsan"])


async def test_pictures_and_links_are_attachments() -> None:
    async with firm() as (shop, wecom):
        wecom.groups["wrA"] = "zhangsan"
        link = Link("https://x.example/", "t" * 100, "d")
        await post(shop, "group:wrA", Image(media_id="m"), kind="group")
        await post(shop, "group:wrA", link, kind="group")
        kinds = [task.body["attachments"][0]["msgtype"] for task in wecom.mass.tasks]
        assert kinds == ["image", "link"]


async def test_a_lost_answer_is_not_a_second_task() -> None:
    async with firm() as (shop, wecom):
        wecom.drop("add_msg_template")
        await mass(shop, wecom, "wrA")
        assert [row.state for row in await said()] == ["queued"]
        await shop.advance(minutes=2)
        (task,) = wecom.mass.tasks
        (row,) = await said()
        assert (row.state, row.platform_id) == ("sent", task.msgid)
        assert [event.key for event in await told()] == ["created"]


async def test_a_crash_between_create_and_mark_does_not_create_it_twice(
    tmp_path: Path, wecom: WeComApp
) -> None:
    async with firm(wecom=wecom, folder=tmp_path) as (shop, _):
        await mass(shop, wecom, "wrA", "wrB")
        # As a kill leaves it: the platform has both tasks, the ledger never heard of it.
        await Message.filter(direction="out").update(state="sending", platform_id="")
    assert len(wecom.mass.tasks) == 2
    async with firm(wecom=wecom, folder=tmp_path) as (shop, _):
        await shop.advance(minutes=5)
        assert [row.state for row in await said()] == ["sent", "sent"]
        assert [row.platform_id for row in await said()] == [t.msgid for t in wecom.mass.tasks]
        assert len(wecom.mass.tasks) == 2


async def test_a_list_that_lags_is_looked_at_twice_before_a_task_is_made_anew() -> None:
    async with firm() as (shop, wecom):
        wecom.drop("add_msg_template")
        wecom.mass.lag = 1
        await mass(shop, wecom, "wrA")
        await shop.advance(seconds=5)
        assert (await said())[0].error == "task-not-listed"
        wecom.mass.lag = 0
        await shop.advance(minutes=1)
        assert ([row.state for row in await said()], len(wecom.mass.tasks)) == (["sent"], 1)


async def test_what_was_never_made_is_made() -> None:
    async with firm() as (shop, wecom):
        wecom.break_http("add_msg_template", 502)
        await mass(shop, wecom, "wrA")
        await shop.advance(minutes=2)
        assert ([row.state for row in await said()], len(wecom.mass.tasks)) == (["sent"], 1)


async def test_the_same_words_of_another_post_are_not_taken_for_it() -> None:
    async with firm() as (shop, wecom):
        await mass(shop, wecom, "wrA", key="monday")
        wecom.break_http("add_msg_template", 502)
        await mass(shop, wecom, "wrA", key="tuesday")
        await shop.advance(minutes=2)
        assert len(wecom.mass.tasks) == 2
        assert len({row.platform_id for row in await said()}) == 2


async def test_a_group_that_is_not_ours_is_final_and_tells_why() -> None:
    async with firm() as (shop, wecom):
        await post(shop, "group:wrNobody", WORDS, kind="group")
        wecom.fail("add_msg_template", 48002)
        await mass(shop, wecom, "wrA")
        assert [(r.state, r.error) for r in await said()] == [
            ("failed", "90501"),
            ("queued", "48002"),
        ]


async def test_an_owner_who_changed_is_asked_for_anew() -> None:
    async with firm() as (shop, wecom):
        await mass(shop, wecom, "wrA")
        wecom.groups["wrA"] = "lisi"
        await wecom.group_changes("wrA", "update", UpdateDetail="change_owner")
        await post(shop, "group:wrA", WORDS, kind="group")
        assert [task.member for task in wecom.mass.tasks] == ["zhangsan", "lisi"]


async def ask(shop: Shop, what: str, key: str) -> None:
    created = (await told())[0]
    await post(shop, "group:wrA", Event(what, "", created.data), kind="group", key=key)


async def test_how_it_goes_is_told_when_asked() -> None:
    async with firm() as (shop, wecom):
        await mass(shop, wecom, "wrA")
        await ask(shop, "task.look", "1")
        wecom.confirms("zhangsan")
        await ask(shop, "task.look", "2")
        events = (await told())[1:]
        assert [(e.key, e.data["confirmed"]) for e in events] == [
            ("open", []),
            ("done", ["zhangsan"]),
        ]
        assert (await said())[0].state == "delivered"


async def test_what_is_called_off_reached_nobody() -> None:
    async with firm() as (shop, wecom):
        await mass(shop, wecom, "wrA")
        await ask(shop, "task.cancel", "1")
        assert wecom.mass.tasks[0].cancelled
        row = (await said())[0]
        assert (row.state, row.error) == ("failed", "not-confirmed")


async def test_a_month_has_no_more_posts_than_days() -> None:
    async with firm() as (_, wecom):
        wecom.groups["wrA"] = "zhangsan"
        body = {"chat_type": "group", "chat_id_list": ["wrA"], "sender": "zhangsan"}
        for number in range(31):
            text = {"text": {"content": f"{number}"}}
            wecom.mass.make(body | text, wecom.groups, START - timedelta(hours=number))
        wecom.confirms("zhangsan")
        results = [task.results["wrA"] for task in wecom.mass.tasks]
        assert results == [1] * 30 + [3]  # November


@pytest.mark.parametrize("code", [41063, 40058])
async def test_a_reminder_too_many_is_refused_and_left_at_that(code: int) -> None:
    async with firm() as (shop, wecom):
        await mass(shop, wecom, "wrA")
        wecom.fail("remind_groupmsg_send", code)
        await ask(shop, "task.remind", "1")
        await shop.advance(hours=1)
        assert wecom.calls["remind_groupmsg_send"] == 1
