from datetime import UTC, datetime
from typing import Any

import pytest

from core.cli.office import Desk
from core.cli.problems import Refusal
from core.testing import open_shop
from plugins.groups.commands import add_slot, cancel_slot, slot_row
from plugins.groups.diary import Diary
from plugins.groups.models import Slot, SlotState
from plugins.groups.preview import preview_rows

GROUPS = {"moms": {"channel": "shop", "conversation": "moms-group"}}
SETTINGS: dict[str, Any] = {"plugins": {"groups": {"groups": GROUPS}}}


async def test_a_post_added_once_goes_out_once() -> None:
    async with open_shop(plugins=["groups"], settings=SETTINGS) as shop:
        desk = Desk(shop.app, "zh_CN")
        first = await add_slot(
            desk, "sale", "周末满199减30", ["moms"], at="2026-11-24T19:30", weekly=""
        )
        assert first == datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
        await shop.advance_to(first)
        assert shop.posts("moms-group") == ["周末满199减30"]
        assert (await Slot.get()).state is SlotState.DONE
        await shop.advance(days=8)
        assert len(shop.posts("moms-group")) == 1


async def test_a_weekly_slot_can_be_cancelled_and_its_name_used_again() -> None:
    async with open_shop(plugins=["groups"], settings=SETTINGS) as shop:
        desk, diary = Desk(shop.app, "zh_CN"), shop.app.registry.services[Diary]
        await add_slot(desk, "trial", "试用接龙开始啦", ["moms"], at="", weekly="fri 20:00")
        plans = await diary.plans()
        assert slot_row(plans[0], shop.clock.now(), diary.zone)["when"] == "每周五 20:00"
        await shop.advance(days=7)
        assert len(shop.posts("moms-group")) == 1
        await cancel_slot(desk, "trial")
        await shop.advance(days=14)
        assert len(shop.posts("moms-group")) == 1
        await add_slot(desk, "trial", "试用接龙又来啦", ["moms"], at="", weekly="fri 20:00")
        await shop.advance(days=7)
        assert shop.posts("moms-group")[-1] == "试用接龙又来啦"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": "全网最低价"}, "最低价"),
        ({"text": "五星好评返现5元"}, "好评"),
        ({"groups": ["nobody"]}, "nobody"),
        ({"at": "2020-01-01T10:00"}, "2020"),
        ({"at": "soon"}, "soon"),
        ({"at": "2026-12-24T20:00", "weekly": "fri 20:00"}, "2026-12-24"),
        ({"text": " "}, "空"),
    ],
)
async def test_what_must_not_be_posted_is_refused_when_added(
    change: dict[str, Any], said: str
) -> None:
    async with open_shop(plugins=["groups"], settings=SETTINGS) as shop:
        given: dict[str, Any] = {
            "text": "上新",
            "groups": ["moms"],
            "at": "2026-12-24T20:00",
            "weekly": "",
        }
        given |= change
        with pytest.raises(Refusal, match=said):
            await add_slot(
                Desk(shop.app, "zh_CN"),
                "x",
                given["text"],
                given["groups"],
                at=given["at"],
                weekly=given["weekly"],
            )
        assert not await Slot.exists()


async def test_the_preview_says_what_would_not_go_out_and_why() -> None:
    async with open_shop(plugins=["groups"], settings=SETTINGS) as shop:
        desk, diary = Desk(shop.app, "zh_CN"), shop.app.registry.services[Diary]
        for name in ("a", "b", "c"):
            await add_slot(desk, name, "上新", ["moms"], at="2026-11-24T19:30", weekly="")
        await add_slot(desk, "night", "晚安", ["moms"], at="2026-11-24T23:30", weekly="")
        rows = await preview_rows(diary, shop.clock.now(), 7, desk.texts, "zh_CN")
        assert [row["verdict"] for row in rows] == [True, True, False, False]
        assert "2 条" in rows[2]["reason"]
        assert "免打扰" in rows[3]["reason"]
        assert shop.posts("moms-group") == []
