"""Compensation: limits by role, four eyes above them, once for each person and cause."""

from __future__ import annotations

import asyncio

import pytest

from core.cli.office import Desk
from core.cli.problems import Refusal
from core.store.commit import by_hand
from core.testing import open_shop
from plugins.compensation import face
from plugins.compensation.commands import use_voucher
from plugins.compensation.face import CompensationSettings, Denied, Grant, Person, Wish
from tests.plugins.compensation.counter import (
    BOSS,
    LEAD,
    LI,
    PLUGINS,
    RULES,
    SETTINGS,
    WANG,
    approves,
    effects,
    people,
    proposes,
    refuses,
)

POOR = CompensationSettings.model_validate({"limits": {"admin": {"alone": 10, "approve": 40}}})
CAUSE = "complaint:C1"


async def test_within_the_limit_at_once_above_it_by_another_person() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        mei, bo = await people(shop, "Mei", "Bo")
        small = await proposes(shop, LI, Wish(CAUSE, [mei], 1500, "杯子到手碎了"))
        assert (small.state, small.settled_by) == ("granted", "li")
        (told,) = shop.posts("Mei")
        assert "15.00" in told
        assert (await Grant.get()).code in told
        large = await proposes(shop, LI, Wish(CAUSE, [bo], 6000, "锅底脱落"))
        assert large.state == "proposed"
        assert "li 提出" in shop.posts("staff")[-1]
        assert "60.00" in shop.posts("staff")[-1]
        with pytest.raises(Denied, match="four_eyes"):
            await approves(shop, large.number, Person("li", frozenset({"admin"})))
        with pytest.raises(Denied, match="above_limit"):
            await approves(shop, large.number, WANG)
        assert shop.posts("Bo") == []
        await approves(shop, large.number, LEAD)
        assert "60.00" in shop.posts("Bo")[0]
        with pytest.raises(Denied, match="settled"):
            await approves(shop, large.number, BOSS)
        kinds = ("proposed", "approved", "granted")
        assert [len(await shop.events(f"compensation.{kind}")) for kind in kinds] == [2, 2, 2]


async def test_many_small_ones_are_no_way_around_the_limit() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        numbers = await people(shop, "A", "B", "C")
        states = [
            (await proposes(shop, LI, Wish(f"complaint:C{n}", [one], 1000, "包装破损"))).state
            for n, one in enumerate(numbers)
        ]
        assert states == ["granted", "granted", "proposed"]
        await shop.advance(days=1)
        again = await proposes(shop, LI, Wish("complaint:C9", numbers[:1], 1000, "包装破损"))
        assert again.state == "granted"


async def test_twenty_proposals_sent_at_once_do_not_go_beyond_the_day() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        (mei,) = await people(shop, "Mei")
        wishes = [Wish(f"complaint:C{n}", [mei], 1000, "包装破损") for n in range(20)]
        every = [effects(shop) for _ in wishes]
        for made, wish in zip(every, wishes, strict=True):
            await face.propose(made, wish, LI, RULES)
        writes = [shop.app.commit.write(made, by_hand()) for made in every]
        ends = await asyncio.gather(*writes, return_exceptions=True)
        await shop.settle()
        denied = [end.code for end in ends if isinstance(end, Denied)]
        assert denied == ["day"] * 18
        assert sum(row.fen for row in await Grant.all()) == 2000
        assert len(shop.posts("Mei")) == 2
        assert (await proposes(shop, WANG, Wish("complaint:C9", [mei], 2000, "漏发"))).total == 2000
        again = await proposes(shop, LI, wishes[-1])
        assert again.state == "proposed"


async def test_what_one_may_give_alone_is_no_yes_to_a_colleague() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        mei, bo = await people(shop, "Mei", "Bo")
        await proposes(shop, LI, Wish("complaint:C1", [mei], 2000, "杯子到手碎了"))
        waits = await proposes(shop, LI, Wish("complaint:C2", [bo], 1500, "包装破损"))
        assert waits.state == "proposed"
        with pytest.raises(Denied, match="above_limit"):
            await approves(shop, waits.number, WANG)
        with pytest.raises(Denied, match="above_limit"):
            await refuses(shop, waits.number, WANG, "不给")
        await approves(shop, waits.number, LEAD)
        assert "15.00" in shop.posts("Bo")[0]


async def test_nothing_is_left_to_wait_that_nobody_may_approve() -> None:
    limits = {"agent": {"alone": 300}, "supervisor": {"approve": 100}}
    rules = CompensationSettings.model_validate({"limits": limits})
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        (mei,) = await people(shop, "Mei")
        wish = Wish(CAUSE, [mei], 20000, "整批漏发")
        with pytest.raises(Denied, match="highest"):
            await face.propose(effects(shop), wish, LEAD, rules)
        own = await face.propose(effects(shop), wish, LI, rules)
        assert own.state == "approved"


async def test_two_who_decide_at_once_and_a_second_cause_grant_each_thing_once() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        both = await people(shop, "Mei", "Bo")
        one = await proposes(shop, LI, Wish(CAUSE, both, 5000, "整批漏发", priority=True))
        other = await proposes(shop, WANG, Wish(CAUSE, both[:1], 9000, "整批漏发"))
        first, second = effects(shop), effects(shop)
        await face.approve(first, one.number, LEAD, RULES)
        await face.approve(second, one.number, BOSS, RULES)
        await shop.app.commit.write(first, by_hand())
        with pytest.raises(Denied, match="settled"):
            await shop.app.commit.write(second, by_hand())
        await approves(shop, other.number, LEAD)
        assert await Grant.all().count() == 2
        assert [len(shop.posts(name)) for name in ("Mei", "Bo")] == [1, 1]
        assert "优先" in shop.posts("Bo")[0]
        with pytest.raises(Denied, match="nobody"):
            await proposes(shop, LI, Wish(CAUSE, both, 100, "再来一次"))


async def test_praise_is_not_for_sale() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        (mei,) = await people(shop, "Mei")
        for reason in (
            "给个五星就补",
            "顾客答应删掉差评",
            "改评后返",
            "把那条差评撤了",
            "撤销12315举报",
            "for a 5-star review",
            "好 评 补 10 元",
        ):
            with pytest.raises(Denied, match="condition"):
                await proposes(shop, LI, Wish(CAUSE, [mei], 500, reason))
        fair = await proposes(shop, LI, Wish(CAUSE, [mei], 500, "杯子碎了，不得要求好评"))
        assert fair.state == "granted"


async def test_a_voucher_counts_once_and_ends() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        mei, bo = await people(shop, "Mei", "Bo")
        await proposes(shop, LI, Wish(CAUSE, [mei, bo], 500, "杯子碎了"))
        hers, his = await Grant.all().order_by("contact_id")
        desk = Desk(shop.app, "zh_CN")
        await use_voucher(desk, f" {hers.code.lower()} ", "li")
        for code in (hers.code, "ABC"):
            with pytest.raises(Refusal):
                await use_voucher(desk, code, "li")
        await shop.advance(days=91)
        with pytest.raises(Refusal, match="过期"):
            await use_voucher(desk, his.code, "li")


async def test_what_is_refused_may_be_proposed_anew() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        (mei,) = await people(shop, "Mei")
        large = await proposes(shop, LI, Wish(CAUSE, [mei], 9900, "锅底脱落"))
        with pytest.raises(Denied, match="above_limit"):
            await refuses(shop, large.number, WANG, "太多")
        await refuses(shop, large.number, LEAD, "太多")
        with pytest.raises(Denied, match="settled"):
            await approves(shop, large.number, LEAD)
        again = await proposes(shop, LI, Wish(CAUSE, [mei], 1000, "锅底脱落"))
        assert again.state == "granted"
        for wish, code in (
            (Wish("x", [mei], 60000, "锅底脱落"), "per_person"),
            (Wish("x", [mei], 0, "锅底脱落"), "nothing"),
            (Wish("x", [mei], 100, " "), "reason"),
        ):
            with pytest.raises(Denied, match=code):
                await proposes(shop, BOSS, wish)
        made = effects(shop)
        with pytest.raises(Denied, match="highest"):
            await face.propose(made, Wish("x", [mei], 5000, "锅底脱落"), BOSS, POOR)
