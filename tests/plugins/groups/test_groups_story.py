from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.testing import open_shop
from plugins.groups.models import Fate, GroupPost

GROUPS = {
    "moms": {"channel": "shop", "conversation": "moms-group"},
    "beauty": {"channel": "shop", "conversation": "beauty-group"},
}
STAFF = {"channel": "shop", "conversation": "staff-room"}
WEDNESDAY = {
    "name": "recipes",
    "day": "wed",
    "time": "20:00",
    "groups": ["moms"],
    "text": "今晚辅食教程：南瓜米糊",
}
AT_SLOT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # Wednesday, 20:00 in Shanghai


def settings(*slots: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"plugins": {"groups": {"groups": GROUPS, "staff": STAFF, "slots": list(slots), **more}}}


async def test_a_weekly_post_fires_once_at_its_slot_and_again_next_week() -> None:
    async with open_shop(plugins=["groups"], settings=settings(WEDNESDAY)) as shop:
        await shop.advance_to(AT_SLOT - timedelta(seconds=1))
        assert shop.posts("moms-group") == []
        await shop.advance(seconds=1)
        assert shop.posts("moms-group") == ["今晚辅食教程：南瓜米糊"]
        await shop.advance(days=6)
        assert len(shop.posts("moms-group")) == 1
        await shop.advance(days=1)
        assert len(shop.posts("moms-group")) == 2


async def test_a_restart_at_the_slot_posts_once(tmp_path: Path) -> None:
    async with open_shop(plugins=["groups"], settings=settings(WEDNESDAY), folder=tmp_path) as shop:
        await shop.advance_to(AT_SLOT - timedelta(seconds=1))
    async with open_shop(
        plugins=["groups"], settings=settings(WEDNESDAY), folder=tmp_path, start=AT_SLOT
    ) as shop:
        await shop.settle()
        assert len(shop.posts("moms-group")) == 1
    later = AT_SLOT + timedelta(minutes=1)
    async with open_shop(
        plugins=["groups"], settings=settings(WEDNESDAY), folder=tmp_path, start=later
    ) as shop:
        await shop.settle()
        assert shop.posts("moms-group") == []
        assert await GroupPost.filter(fate=Fate.POSTED).count() == 1
        await shop.advance(days=7)
        assert len(shop.posts("moms-group")) == 1


async def test_missed_by_more_than_the_grace_is_skipped_and_told_and_next_week_posts(
    tmp_path: Path,
) -> None:
    async with open_shop(plugins=["groups"], settings=settings(WEDNESDAY), folder=tmp_path):
        pass
    late = AT_SLOT + timedelta(minutes=31)
    async with open_shop(
        plugins=["groups"], settings=settings(WEDNESDAY), folder=tmp_path, start=late
    ) as shop:
        await shop.settle()
        assert shop.posts("moms-group") == []
        assert "30 分钟" in shop.posts("staff-room")[0]
        assert (await GroupPost.get()).fate is Fate.SKIPPED
        await shop.advance(days=7)
        assert len(shop.posts("moms-group")) == 1


async def test_unlawful_wording_is_refused_at_posting_with_the_phrase() -> None:
    slot = {**WEDNESDAY, "text": "全网最低价！五星好评返现5元"}
    async with open_shop(plugins=["groups"], settings=settings(slot)) as shop:
        await shop.advance_to(AT_SLOT)
        assert shop.posts("moms-group") == []
        assert "最低价" in shop.posts("staff-room")[0]
        assert len(await shop.events("groups.refused")) == 1


async def test_quiet_hours_and_quota() -> None:
    night = {**WEDNESDAY, "name": "night", "time": "23:00"}
    both = [{**WEDNESDAY, "name": name, "groups": ["moms", "beauty"]} for name in ("a", "b", "c")]
    async with open_shop(plugins=["groups"], settings=settings(night, *both)) as shop:
        await shop.advance_to(AT_SLOT + timedelta(hours=4))
        assert len(shop.posts("moms-group")) == 2  # three at the same moment, two a day
        assert len(shop.posts("beauty-group")) == 2
        reasons = [row.reason for row in await GroupPost.filter(fate=Fate.REFUSED).order_by("id")]
        assert len(reasons) == 3
        assert sum("22:00" in reason for reason in reasons) == 1
        assert sum("2 条" in reason for reason in reasons) == 2


async def test_a_dry_run_logs_and_sends_nothing() -> None:
    async with open_shop(plugins=["groups"], settings=settings(WEDNESDAY, dry_run=True)) as shop:
        await shop.advance_to(AT_SLOT)
        assert shop.posts("moms-group") == []
        assert (await GroupPost.get()).fate is Fate.REHEARSED


async def test_a_slot_that_was_moved_posts_at_its_new_time_only(tmp_path: Path) -> None:
    async with open_shop(plugins=["groups"], settings=settings(WEDNESDAY), folder=tmp_path):
        pass
    moved = {**WEDNESDAY, "time": "21:00"}
    async with open_shop(plugins=["groups"], settings=settings(moved), folder=tmp_path) as shop:
        await shop.advance_to(AT_SLOT + timedelta(minutes=59))
        assert shop.posts("moms-group") == []
        await shop.advance(minutes=1)
        assert len(shop.posts("moms-group")) == 1
