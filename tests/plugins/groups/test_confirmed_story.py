"""Posts that members must confirm: who has, who has not, and who says so (issue 4, show 5)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tortoise import connections

from core.store.models import Message
from core.testing import START, Shop, open_shop
from plugins.groups.commands import standing_row
from plugins.groups.diary import Diary
from plugins.groups.judge import Quota, judge
from plugins.groups.models import GroupPost
from plugins.groups.sent import sent_rows
from plugins.groups.settings import GroupSettings
from tests.adapters.wecom.firm import firm
from tests.standins.wecom_app import WeComApp

FILED = {"wecom": {"adapter": "core.testing.mock:MockAdapter"}}
OWNERS = ("zhangsan", "lisi", "wangwu", "zhaoliu", "sunqi")
SLOT = {"name": "recipes", "day": "wed", "time": "20:00", "text": "今晚辅食教程：南瓜米糊"}
AT_SLOT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def table(**more: object) -> dict[str, Any]:
    groups = {f"moms{n}": {"channel": "wecom", "conversation": f"group:wr{n}"} for n in range(5)}
    staff = {"channel": "shop", "conversation": "staff-room"}
    slot = {**SLOT, "groups": list(groups)}
    own = {"groups": groups, "slots": [slot], "staff": staff, "look_every": 60, **more}
    return {"plugins": {"groups": own}}


@pytest.fixture
async def wecom() -> AsyncGenerator[WeComApp]:
    platform = WeComApp(members=list(OWNERS))
    platform.groups = {f"wr{n}": owner for n, owner in enumerate(OWNERS)}
    await platform.start()
    yield platform
    await platform.stop()


async def row_of(shop: Shop) -> dict[str, Any]:
    diary = shop.app.registry.services[Diary]
    (row,) = await sent_rows(diary, shop.clock.now() - timedelta(days=7))
    return row


async def test_three_of_five_confirm_and_posts_says_so(wecom: WeComApp) -> None:
    async with firm("groups", wecom=wecom, table=table()) as (shop, _):
        await shop.advance_to(AT_SLOT)
        assert len(wecom.mass.tasks) == 5
        assert (await row_of(shop))["states"] == {"created": 5}, "made is not sent"

        for owner in OWNERS[:3]:
            wecom.confirms(owner)
        await shop.advance(minutes=61)
        row = await row_of(shop)
        assert (row["confirmed"], row["members"]) == (3, 5)
        assert row["waiting"] == ["zhaoliu", "sunqi"]
        assert row["states"] == {"sent": 3, "created": 2}
        assert standing_row(row)["confirmed"] == "3/5"
        events = await shop.events("groups.task")
        assert sum(event["stage"] == "sent" for event in events) == 3

        await shop.advance_to(AT_SLOT + timedelta(hours=2))
        assert [len(task.reminded) for task in wecom.mass.tasks] == [0, 0, 0, 1, 1]
        (standing,) = await shop.events("groups.standing")
        assert (standing["confirmed"], standing["members"]) == (3, 5)
        (notice,) = shop.posts("staff-room")
        assert "5 位群主里 3 位确认了，还差 zhaoliu, sunqi" in notice

        wecom.confirms("zhaoliu")
        await shop.advance_to(AT_SLOT + timedelta(hours=24, minutes=1))
        row = await row_of(shop)
        assert (row["confirmed"], row["states"]) == (4, {"sent": 4, "expired": 1})
        assert wecom.mass.tasks[4].cancelled
        assert "5 位群主里 4 位确认" in shop.posts("staff-room")[1]
        calls = wecom.calls["get_groupmsg_task"]
        await shop.advance(hours=5)
        assert wecom.calls["get_groupmsg_task"] == calls, "nobody asks any more"


async def test_all_confirmed_is_quiet(wecom: WeComApp) -> None:
    async with firm("groups", wecom=wecom, table=table()) as (shop, _):
        await shop.advance_to(AT_SLOT)
        for owner in OWNERS:
            wecom.confirms(owner)
        await shop.advance(hours=3)
        assert (await row_of(shop))["states"] == {"sent": 5}
        assert shop.posts("staff-room") == []
        assert wecom.calls["remind_groupmsg_send"] == 0
        posts = await Message.filter(direction="out", key__startswith="post:")
        assert {row.state for row in posts} == {"delivered"}


async def test_a_crash_at_the_slot_makes_five_tasks_and_follows_them(
    tmp_path: Path, wecom: WeComApp
) -> None:
    async with firm("groups", wecom=wecom, table=table(), folder=tmp_path) as (shop, _):
        await shop.advance_to(AT_SLOT)
        await Message.filter(direction="out").update(state="sending", platform_id="")
    again: dict[str, Any] = {"wecom": wecom, "table": table(), "folder": tmp_path}
    async with firm("groups", **again, start=AT_SLOT) as (shop, _):
        await shop.advance_to(AT_SLOT + timedelta(minutes=70))
        assert len(wecom.mass.tasks) == 5
        wecom.confirms("lisi")
        await shop.advance(minutes=61)
        assert (await row_of(shop))["states"] == {"created": 4, "sent": 1}
        assert await GroupPost.all().count() == 5


async def test_an_answer_that_is_lost_is_asked_for_again(wecom: WeComApp) -> None:
    async with firm("groups", wecom=wecom, table=table()) as (shop, _):
        await shop.advance_to(AT_SLOT)
        wecom.fail("get_groupmsg_task", 45009, times=5)
        wecom.confirms("lisi")
        await shop.advance(minutes=125)
        assert (await row_of(shop))["confirmed"] == 1


async def test_a_month_has_no_more_posts_than_days() -> None:
    settings = GroupSettings.model_validate(table(per_week=9)["plugins"]["groups"])
    local = AT_SLOT.astimezone(UTC)
    assert judge("words", "moms0", local, settings, Quota(month=29)).ok
    refused = judge("words", "moms0", local, settings, Quota(month=30))  # November
    assert (refused.reason, refused.values) == ("groups.why_month", {"limit": 30})
    fewer = settings.model_copy(update={"per_month": 4})
    assert not judge("words", "moms0", local, fewer, Quota(month=4)).ok


async def test_posts_are_counted_by_calendar_month() -> None:
    async with open_shop(plugins=["groups"], settings=table(), channels=FILED) as shop:
        diary = shop.app.registry.services[Diary]
        for number, day in enumerate((AT_SLOT, AT_SLOT + timedelta(days=7))):
            row: dict[str, Any] = {
                "key": f"{number}",
                "slot": "s",
                "group": "moms0",
                "text": "x",
                "fate": "posted",
            }
            await GroupPost.create(**row, planned_at=day, at=day)
        assert (await diary.used("moms0", AT_SLOT)).month == 1
        assert (await diary.used("moms0", AT_SLOT + timedelta(days=6))).month == 1


async def test_posts_of_an_earlier_version_need_no_confirmation() -> None:
    async with open_shop(plugins=["groups"], settings=table(), channels=FILED) as shop:
        await connections.get("default").execute_script(
            'INSERT INTO group_post (key, slot, "group", fate, reason, text, planned_at, at)'
            f" VALUES ('k', 's', 'moms0', 'posted', '', 'x', '{START}', '{START}')"
        )
        (row,) = await sent_rows(shop.app.registry.services[Diary], START - timedelta(days=1))
        assert (row["states"], row["members"]) == ({"queued": 1}, 0)
