"""What the shop knows follows what is stored: whatever clocks say, whatever a row holds."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from tortoise.transactions import in_transaction

from core.cli.office import Desk
from core.testing import Shop, open_shop
from plugins.faq.face import (
    Candidate,
    Entry,
    FaqSettings,
    Full,
    KnowledgeBase,
    approve,
    sheet,
    shelf,
    store,
    versions,
)
from plugins.faq.life_commands import release
from plugins.faq.mind import Mind
from plugins.faq.models import KnowledgeEntry
from plugins.faq.publish import check
from plugins.faq.shelf import Wanted

SETTINGS = FaqSettings()
RETURNS = Entry(id="return", question="怎么申请退货？", answer="先在订单里申请退货。")
MEMBERS = Entry(id="members", question="会员日是哪一天？", answer="每月 8 号。")
TOO_MANY = [f"退货的第 {n} 种说法" for n in range(203)]


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    settings = {"plugins": {"faq": {"encoder": "none"}}}
    async with open_shop(plugins=["handoff", "faq"], settings=settings) as shop:
        yield shop


async def stored(shop: Shop, *entries: Entry) -> None:
    async with in_transaction("default"):
        await store(entries, shop.clock)


async def noticed(shop: Shop) -> None:
    shop.app.watch.soon()
    await shop.settle()


def base_of(shop: Shop) -> KnowledgeBase:
    return shop.app.registry.services[KnowledgeBase]


def group(*similar: str, tests: tuple[str, ...] = ()) -> Candidate:
    return Candidate(
        id=1,
        question="退了退了",
        similar=similar,
        tests=tests,
        answer="",
        count=13,
        sources={},
        blamed=(),
        nearest="return",
        since=date(2026, 11, 1),  # type: ignore[arg-type] # not looked at here
        rows=(1,),
    )


async def test_an_entry_is_not_taught_more_wordings_than_it_may_have(shop: Shop) -> None:
    full = Entry.model_validate(RETURNS.model_dump() | {"similar": TOO_MANY[:190]})
    await stored(shop, full)
    await noticed(shop)
    effects, base = Desk(shop.app, "zh_CN").effects(), base_of(shop)
    for one in (group(*TOO_MANY[190:]), group(*TOO_MANY[190:198], tests=("月亮远", "太阳大"))):
        with pytest.raises(Full):
            await approve(effects, one, base, SETTINGS, to="return", sure=True)
    assert not effects.writes


async def test_a_row_that_holds_too_much_does_not_keep_the_shop_shut(shop: Shop) -> None:
    await stored(shop, RETURNS)
    await KnowledgeEntry.filter(id="return").update(similar=TOO_MANY, version=2)
    await stored(shop, MEMBERS)
    again = KnowledgeBase(Mind(None), shop.clock, shop.app.texts.zone)
    await again.load()
    assert list(again.entries) == ["members"]
    await noticed(shop)
    mei = shop.customer("mei")
    await mei.says("会员日是哪一天")
    mei.hears("每月 8 号")
    rows, _ = await shelf(again, Wanted(), shop.clock.now())
    assert [(row.id, row.state) for row in rows] == [("members", "live"), ("return", "off")]
    found = await sheet("return")
    assert found is not None
    assert found.published is None
    assert await versions("return") == []
    await stored(shop, RETURNS)  # what mends it
    await again.load()
    assert sorted(again.entries) == ["members", "return"]


async def test_an_import_just_after_midnight_does_not_stop_the_turn_of_the_day(shop: Shop) -> None:
    today = base_of(shop).today
    old = Entry(id="old", question="昨天的活动有赠品吗？", answer="送围巾。", valid_to=today)
    new = MEMBERS.model_copy(update={"valid_from": today + timedelta(days=1)})
    await stored(shop, old, new)
    await noticed(shop)
    assert list(base_of(shop).entries) == ["old"]
    await shop.advance(hours=24)
    await stored(shop, RETURNS)
    await noticed(shop)
    assert sorted(base_of(shop).entries) == ["members", "return"]


async def test_an_import_that_was_written_earlier_and_committed_later_is_seen(shop: Shop) -> None:
    base = base_of(shop)
    await stored(shop, RETURNS)
    await noticed(shop)
    await stored(shop, MEMBERS)
    earlier = shop.clock.now() - timedelta(seconds=15)
    await KnowledgeEntry.filter(id="members").update(updated_at=earlier)
    await noticed(shop)
    assert base.get("members") == MEMBERS


async def test_a_campaign_of_tomorrow_is_rehearsed_as_it_will_be(shop: Shop) -> None:
    day = base_of(shop).today
    wording = "怎么申请退货呀"
    await stored(shop, Entry.model_validate(RETURNS.model_dump() | {"tests": [wording]}))
    await noticed(shop)
    tomorrow, yesterday = day + timedelta(days=1), day - timedelta(days=1)
    coming = {"valid_from": tomorrow, "tests": ("会员日是哪一天呀",)}
    assert not await check([MEMBERS.model_copy(update=coming)], base_of(shop), SETTINGS)
    over = {"valid_to": yesterday, "tests": ("会员日是哪一天呀",), "similar": (wording,)}
    assert not await check([MEMBERS.model_copy(update=over)], base_of(shop), SETTINGS)
    thief = MEMBERS.model_copy(update={"valid_from": tomorrow, "keywords": (wording,)})
    found = await check([thief], base_of(shop), SETTINGS)
    assert [(f.kind, f.entry, f.other) for f in found] == [("lost", "return", "members")]


async def test_an_import_leaves_the_drafts_of_what_it_does_not_change(shop: Shop) -> None:
    from plugins.faq.face import draft, drafted

    desk = Desk(shop.app, "zh_CN")
    await stored(shop, RETURNS, MEMBERS)
    async with in_transaction("default"):
        await draft([RETURNS.model_copy(update={"answer": "打电话退。"}), MEMBERS], shop.clock)
    await stored(shop, RETURNS, MEMBERS)
    assert await drafted("return")
    assert await drafted("members")
    await stored(shop, RETURNS.model_copy(update={"answer": "寄回来。"}))
    assert await drafted("return") is None
    await release(desk, [MEMBERS], "mei", yes=True, explicit=True)
    assert await drafted("members") is None
