"""Staff press what a notice offers, in WeCom or by typing it, and it happens."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from core.effects import Effects
from core.store.commit import by_hand
from core.testing import Customer, Shop
from plugins.handoff.face import ONLINE, Seat, set_presence
from tests.adapters.wecom.firm import firm
from tests.standins.wecom_app import WeComApp

ROOM = {"channel": "wecom", "conversation": "zhangsan|lisi", "buttons": True}
DESK = "https://bot.shop.cn/desk"


@asynccontextmanager
async def floor(**room: object) -> AsyncGenerator[tuple[Shop, WeComApp, Customer]]:
    """A shop whose staff read notices in WeCom; zhangsan is xiaotang at the desk."""
    handoff = {"staff": {**ROOM, **room}, "members": {"zhangsan": "xiaotang"}, "policy": "manual"}
    async with firm("handoff", table={"plugins": {"handoff": handoff}}) as (shop, wecom):
        effects = Effects(shop.clock, shop.app.texts, "zh_CN")
        set_presence(effects, Seat("xiaotang", "小棠", 8), ONLINE)
        set_presence(effects, Seat("lisi", "李四", 8), ONLINE)
        await shop.app.commit.write(effects, by_hand())
        yield shop, wecom, shop.customer("Mei")


async def owner(shop: Shop) -> str:
    return (await shop.conversation("Mei")).owner


def last(wecom: WeComApp, member: str) -> str:
    return [shown.text for shown in wecom.shown if shown.member == member][-1]


async def test_a_request_is_taken_opened_and_done_by_buttons() -> None:
    async with floor(desk=DESK) as (shop, wecom, mei):
        await mei.says("转人工")
        number = (await shop.conversation("Mei")).id
        (card,) = wecom.cards
        assert wecom.cards[card]["button_list"] == [
            {"text": f"接 {number}", "type": 0, "key": f"staff.take:{number}"},
            {"text": f"打开 {number}", "type": 1, "url": f"{DESK}/inbox/{number}"},
            {"text": f"办完 {number}", "type": 0, "key": f"staff.done:{number}"},
        ]
        await wecom.presses("zhangsan", card, f"staff.take:{number}")
        await shop.settle()
        assert await owner(shop) == "agent:xiaotang"
        mei.hears("我是客服小棠")
        await wecom.presses("lisi", card, f"staff.done:{number}")
        await shop.settle()
        assert last(wecom, "lisi") == f"会话 {number} 已经是 xiaotang 在接待"
        mine = next(task for task in wecom.cards if task != card)
        assert [b["text"] for b in wecom.cards[mine]["button_list"]] == [
            f"打开 {number}",
            f"办完 {number}",
        ]
        await wecom.presses("zhangsan", mine, f"staff.done:{number}")
        await shop.settle()
        assert (await owner(shop), last(wecom, "zhangsan")) == (
            "bot",
            f"会话 {number} 办完了，已经交还给小二",
        )


async def test_two_who_press_at_once_do_not_both_have_it() -> None:
    async with floor() as (shop, wecom, mei):
        await mei.says("转人工")
        number = (await shop.conversation("Mei")).id
        (card,) = wecom.cards
        for member in ("zhangsan", "lisi"):
            await wecom.presses(member, card, f"staff.take:{number}")
        await shop.advance(minutes=1)
        had = await owner(shop)
        loser = "lisi" if had == "agent:xiaotang" else "zhangsan"
        assert "已经是" in last(wecom, loser)
        assert len([words for words in shop.posts("Mei") if "我是客服" in words]) == 1


async def test_without_buttons_the_same_words_are_listed_and_typed() -> None:
    room = {"channel": "shop", "conversation": "staff", "desk": DESK}
    async with floor(**room) as (shop, _, mei):
        await mei.says("转人工")
        number = (await shop.conversation("Mei")).id
        (told,) = shop.posts("staff")
        assert f"1. 接 {number}" in told
        assert f"{DESK}/inbox/{number}" in told
        lisi = shop.member("lisi", "staff", role="staff")
        await lisi.says(f"接 {number}")
        assert await owner(shop) == "agent:lisi"
        await lisi.says(f"办完 {number}")
        assert await owner(shop) == "bot"


async def test_who_is_nobody_at_the_desk_takes_nothing() -> None:
    async with floor() as (shop, wecom, mei):
        wecom.members.append("wangwu")
        await mei.says("转人工")
        number = (await shop.conversation("Mei")).id
        await wecom.presses("wangwu", next(iter(wecom.cards)), f"staff.take:{number}")
        await wecom.writes("zhangsan", "接 999")
        li = shop.customer("Li")  # a customer who has heard of it
        await li.says(f"接 {number}")
        await li.does("choice", f"staff.take:{number}")
        await shop.settle()
        assert (await owner(shop), "members" in last(wecom, "wangwu")) == ("queue", True)
        assert "999" in last(wecom, "zhangsan")
