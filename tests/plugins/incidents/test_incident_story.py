"""Incidents: noticed by many voices, opened by a person, told on three routes, ended once."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cli.office import Desk
from core.cli.problems import Refusal
from core.store.models import ContactIdentity
from core.testing import Shop, open_shop
from plugins.compensation.face import Person, Wish
from plugins.complaints.models import Complaint
from plugins.incidents import deeds
from plugins.incidents.affected import counts
from plugins.incidents.cases import Opening
from plugins.incidents.commands import facts, people
from plugins.incidents.models import Affected, Incident, Kind, State
from plugins.orders.models import OrderRow

PLUGINS = ["handoff", "compensation", "incidents", "complaints", "orders", "groups"]
LEVELS = [
    {"name": "一线", "channel": "shop", "conversation": "level-1"},
    {"name": "主管", "channel": "shop", "conversation": "level-2"},
]
RARELY = {"count": 5, "people": 4, "look_seconds": 7200}  # for whom the surge is no matter
SETTINGS = {
    "plugins": {
        "complaints": {"levels": LEVELS, "hand_over_from": 3},
        "incidents": {**RARELY, "look_seconds": 30},
    }
}
QUIET = {"plugins": {**SETTINGS["plugins"], "incidents": RARELY}}
PAID = Opening(
    Kind.FAULT, "付款失败", ("付不了款", "支付失败"), "付款通道正在抢修，请先别重复付款。"
)


def desk_of(shop: Shop) -> Desk:
    return Desk(shop.app, "zh_CN")


async def opened(shop: Shop, opening: Opening = PAID, draft: str = "") -> Incident:
    incident = await deeds.open_(desk_of(shop), draft, opening, "li")
    await shop.settle()
    return await Incident.get(number=incident.number)


async def test_many_voices_in_groups_live_and_chats_draft_one_incident() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        await shop.member("A", "fans").says("你们怎么付不了款啊")
        await shop.viewer("B", "room").says("支付失败了三次")
        await shop.customer("C").says("请问付款失败怎么办")
        await shop.customer("C").says("还是支付失败")
        await shop.member("Staff", "fans", role="staff").says("付款失败的亲们稍等")
        await shop.advance(minutes=1)
        assert not await Incident.exists()  # five messages, three people: staff do not count
        await shop.viewer("D", "room").says("付 不 了 款")
        await shop.advance(minutes=1)
        incident = await Incident.get()
        assert (incident.state, incident.kind, incident.title) == ("draft", "fault", "付不了款")
        assert (await counts(incident))["noted"] == 4
        assert "4 位顾客" in shop.posts("level-1")[-1]
        await shop.customer("E").says("付款失败")
        await shop.advance(minutes=2)
        assert (await counts(incident))["noted"] == 5
        assert await Incident.all().count() == 1
        await deeds.dismiss(desk_of(shop), incident.number, "li")
        for name in "ABCDEF":
            await shop.customer(name).says("支付失败")
        await shop.advance(minutes=5)
        assert await Incident.all().count() == 1  # a person said that it is nothing


async def test_angry_people_about_one_kind_of_thing_are_a_surge_too() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        for name in "ABCDE":
            await shop.customer(name).says("客服态度恶劣，我要投诉")
        await shop.advance(minutes=1)
        incident = await Incident.get()
        assert (incident.kind, incident.title) == (Kind.OPINION, "服务态度")
        await shop.advance(minutes=5)
        assert await Incident.all().count() == 1


async def test_who_asks_is_answered_and_linked_and_opens_no_case() -> None:
    async with open_shop(plugins=PLUGINS, settings=QUIET) as shop:
        incident = await opened(shop)
        mei = shop.customer("Mei")
        await mei.says("为什么付不了款")
        mei.hears("正在抢修")
        await mei.says("太生气了，我要投诉你们")
        mei.hears("还在处理")
        await mei.says("有人吗")
        mei.hears("还在处理")
        assert not await Complaint.exists()
        await mei.says("再不处理我就打12315")  # severe: a person, and still no case of its own
        mei.hears("还在处理")
        assert (await shop.conversation("Mei")).owner == "queue"
        assert not await Complaint.exists()
        assert (await counts(incident))["answered"] == 1
        fans = shop.member("Bo", "fans")
        await fans.says("支付失败了")
        fans.hears("正在抢修")
        other = shop.member("Al", "fans")
        await other.says("我也付不了款")
        other.hears_nothing()
        assert await Affected.all().count() == 3


async def test_danger_to_people_is_never_put_on_a_pile() -> None:
    async with open_shop(plugins=PLUGINS, settings=QUIET) as shop:
        await opened(shop)
        mei = shop.customer("Mei")
        await mei.says("付不了款")
        await mei.says("吃了你们的东西拉肚子去医院了")
        mei.hears("医院")
        assert (await Complaint.get()).kind == "safety"


async def test_everybody_is_told_once_on_their_route_and_of_the_end_once() -> None:
    async with open_shop(plugins=PLUGINS, settings=QUIET) as shop:
        desk, incident = desk_of(shop), await opened(shop, Opening(Kind.FAULT, "系统崩了"))
        mei = shop.customer("Mei")
        await mei.says("在吗")
        bo, al = shop.member("Bo", "fans"), shop.viewer("Al", "room")
        for person in (bo, al):
            await person.says("来了来了")
        numbers = await contacts("Mei", "Bo", "Al")
        rooms = [(await shop.conversation(name)).id for name in ("fans", "room")]
        await deeds.add(desk, incident.number, numbers, ())
        await deeds.notify(desk, incident.number, "系统正在恢复，订单都在。", rooms, "li")
        await shop.settle()
        await deeds.notify(desk, incident.number, "", (), "li")
        await shop.settle()
        for place in ("Mei", "fans", "room"):
            assert shop.posts(place).count("系统正在恢复，订单都在。") == 1
        assert "2 人联系不上" in shop.posts("level-1")[-1]
        assert (await counts(incident))["notified"] == 1
        await deeds.compensate(
            desk, incident.number, Wish("", (), 500, "系统故障"), Person("li", frozenset({"admin"}))
        )
        await shop.settle()
        assert (await counts(incident))["compensated"] == 3
        await deeds.resolve(desk, incident.number, "已经恢复，让您久等了。", "li")
        await shop.settle()
        with pytest.raises(Refusal, match="已解决"):
            await deeds.resolve(desk, incident.number, "再说一遍", "li")
        for place in ("Mei", "fans", "room"):
            assert shop.posts(place).count("已经恢复，让您久等了。") == 1
        rows = await people(await Incident.get())
        assert [(row["standing"], row["yuan"]) for row in rows] == [("closed", "5.00")] * 3
        await mei.says("系统崩了")
        mei.hears_nothing()


async def contacts(*names: str) -> list[int]:
    rows = await ContactIdentity.filter(channel="shop", external_id__in=names)
    return [row.contact_id for row in rows]


async def test_three_clocks_run_for_all_together() -> None:
    async with open_shop(plugins=PLUGINS, settings=QUIET) as shop:
        desk, incident = desk_of(shop), await opened(shop)
        await shop.advance(minutes=9)
        assert "安抚" in shop.posts("level-1")[-1]
        await deeds.notify(desk, incident.number, "", (), "li")
        await shop.advance(minutes=20)
        assert shop.posts("level-2") == []
        await shop.advance(minutes=2)  # no plan after thirty minutes
        assert "超时升级" in shop.posts("level-2")[-1]
        await deeds.plan(desk, incident.number, "预计 20 分钟内恢复，已扣的款原路退回。", "li")
        await deeds.change(desk, incident.number, "li", ticket="OPS-17", ticket_state="修复中")
        mei = shop.customer("Mei")
        await mei.says("支付失败")
        mei.hears("原路退回")
        await deeds.resolve(desk, incident.number, "已恢复。", "li")
        await shop.advance(hours=3)
        assert len(await shop.events("incident.escalated")) == 1
        full = await facts(await Incident.get())
        assert (full["ticket"], full["state"]) == ("OPS-17", State.RESOLVED)


async def test_a_batch_of_orders_tracks_every_customer(tmp_path: Path) -> None:
    async with open_shop(plugins=PLUGINS, settings=QUIET) as shop:
        desk = desk_of(shop)
        for number, who in (("A1001", "c-1"), ("A1002", "c-2")):
            await OrderRow.create(
                number=number,
                phone="13812345678",
                status="paid",
                customer_id=who,
                updated_at=shop.clock.now(),
            )
        await shop.customer("Mei", proven={"customer_id": "c-1"}).says("在吗")
        incident = await opened(shop, Opening(Kind.ORDERS, "整批发错"))
        file = tmp_path / "orders.csv"
        file.write_text("订单号,件数\nA1001,1\nA1002,2\n\nA1003\n", "utf-8")
        numbers = deeds.numbers_in(file)
        assert numbers == ["A1001", "A1002", "A1003"]
        assert await deeds.add(desk, incident.number, (), numbers) == ["A1002", "A1003"]
        assert (await counts(incident))["noted"] == 1
        assert "A1003" in (await Incident.get()).notes[-1]["text"]


async def test_what_may_not_be_said_is_refused_before_anybody_hears_it() -> None:
    async with open_shop(plugins=PLUGINS, settings=QUIET) as shop:
        incident = await opened(shop)
        for text in ("五星好评返现5元", "删掉差评就给您补偿", "全网第一的服务"):
            with pytest.raises(Refusal):
                await deeds.notify(desk_of(shop), incident.number, text, (), "li")
        assert len(await shop.events("incident.notified")) == 0
