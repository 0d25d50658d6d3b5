from datetime import timedelta

import pytest

from core.cli.office import Desk
from core.cli.problems import Refusal
from core.testing import open_shop
from plugins.complaints.commands import facts, find, shown, take_step
from plugins.complaints.ladder import Rung
from plugins.complaints.models import Complaint, State

LEVELS = [
    {"name": "一线", "channel": "shop", "conversation": "level-1"},
    {"name": "主管", "channel": "shop", "conversation": "level-2"},
]
SETTINGS = {"plugins": {"complaints": {"levels": LEVELS, "hand_over_from": 3}}}
PLUGINS = ["handoff", "complaints"]


async def test_a_stamped_step_is_neither_reminded_nor_escalated() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        mei, desk = shop.customer("Mei"), Desk(shop.app, "zh_CN")
        await mei.says("太生气了，我要投诉")
        number = (await Complaint.get()).number
        await shop.advance(minutes=9)  # reminded at 8
        await take_step(desk, number, Rung.SOOTHE, "我是主管，向您道歉", "ming")
        await shop.settle()
        mei.hears("我是主管")
        await shop.advance(minutes=14)  # 23: nothing more before the plan's reminder at 24
        assert len(shop.posts("level-1")) == 2
        await shop.advance(minutes=2)
        assert "方案" in shop.posts("level-1")[2]
        assert shop.posts("level-2") == []


async def test_closing_thanks_the_customer_and_sets_the_follow_up() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        mei, desk = shop.customer("Mei"), Desk(shop.app, "zh_CN")
        await mei.says("太生气了，我要投诉")
        opened = await Complaint.get()
        complaint = await take_step(desk, opened.number, Rung.CLOSE, "", "ming")
        await shop.settle()
        mei.hears("道歉", "谢谢", "2026年11月26日")
        assert complaint.state is State.CLOSED
        assert complaint.follow_up_on == (opened.opened_at + timedelta(days=3)).date()
        with pytest.raises(Refusal):
            await take_step(desk, opened.number, Rung.CLOSE, "", "ming")
        before = len(shop.posts("level-1"))
        await shop.advance(days=2)
        assert len(shop.posts("level-1")) == before  # no clock runs after closing
        await shop.advance(days=2)
        assert "回访" in shop.posts("level-1")[-1]
        assert await shop.events("complaint.escalated") == []
        await mei.says("太生气了，又坏了，我要投诉")  # closed before: a new case
        assert await Complaint.all().count() == 2


async def test_a_complaint_as_it_is_listed() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        desk = Desk(shop.app, "zh_CN")
        await shop.customer("Mei").says("质量太烂了，纯属浪费钱")
        complaint = await find("1")
        plain = facts(complaint, desk)
        assert (plain["kind"], plain["in_charge"], plain["state"]) == ("quality", "一线", "open")
        assert {plain[f"{rung}_due"] for rung in Rung} == {
            complaint.opened_at + timedelta(minutes=m) for m in (10, 30, 120)
        }
        assert shown(complaint, desk)["kind"] == "质量"
        with pytest.raises(Refusal):
            await find("nothing")
