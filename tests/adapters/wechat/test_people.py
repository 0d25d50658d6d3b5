"""Persons at WeChat's own customer service, and where a customer came from."""

from __future__ import annotations

from core.store.models import Contact, ContactIdentity, Message
from tests.adapters.wechat.kitchen import stove
from tests.adapters.wechat.test_house import street
from tests.standins.wechat import Delivery


def handed_over(delivery: Delivery) -> bool:
    return (delivery.reply or {}).get("MsgType") == "transfer_customer_service"


async def test_a_customer_who_wants_a_person_is_handed_to_wechats_servicers() -> None:
    async with street(handoff="wechat") as (shop, wechat):
        wechat.desk.online = ["tang@gh_0123456789ab"]
        asked = await wechat.push_text("oUser", "人工")
        assert handed_over(asked)
        (told,) = await wechat.until_sent(1)
        assert told.text == "正在为您转接"  # beside the transfer, so by the API
        assert handed_over(await wechat.push_text("oUser", "快点"))  # still in the queue
        await wechat.serve("oUser")
        await shop.settle()
        assert (await shop.conversation("oUser", "oa")).owner == "agent:tang@gh_0123456789ab"
        await wechat.unserve("oUser")
        await shop.settle()
        assert (await wechat.push_text("oUser", "在吗")).text == "在的，亲"


async def test_a_platform_that_repeats_itself_gets_the_transfer_again() -> None:
    async with street(handoff="wechat") as (_, wechat):
        wechat.desk.online = ["tang@gh_0123456789ab"]
        wechat.quotas.open("oUser", "message")
        request = wechat.sign(wechat.message("oUser", "text", Content="人工"))
        for _attempt in range(2):
            reply = wechat.read_reply((await wechat.post(*request)).body)
            assert reply["MsgType"] == "transfer_customer_service"


async def test_a_session_that_nobody_ended_ends_with_the_customers_next_words() -> None:
    async with street(handoff="wechat") as (shop, wechat):
        await wechat.push_text("oUser", "人工")
        await wechat.serve("oUser")
        await shop.advance(minutes=31)  # the platform stops forwarding after thirty
        assert (await wechat.push_text("oUser", "在吗")).text == "在的，亲"


async def test_releasing_a_customer_ends_the_session_there() -> None:
    async with street(handoff="wechat") as (shop, wechat):
        await wechat.push_text("oUser", "人工")
        await wechat.serve("oUser")
        await shop.settle()
        line = shop.app.lines.get("oa")
        assert line
        await line.adapter.own("oUser", "bot")
        assert wechat.desk.sessions == {}
        await line.adapter.own("oUser", "bot")  # nothing left to end
        assert wechat.calls["kf_close"] == 1


async def test_it_is_told_when_nobody_serves() -> None:
    async with street(handoff="wechat") as (shop, wechat):
        await wechat.push_text("oUser", "人工")
        await shop.settle()
        assert await shop.events("kf.nobody_serving") == [{"conversation": "oUser"}]


async def test_at_our_own_desk_nothing_is_handed_over() -> None:
    async with street() as (_, wechat):
        assert (await wechat.push_text("oUser", "人工")).text == "正在为您转接"
        silent = await wechat.push_text("oUser", "快点")
        assert silent.answers[0].body == "success"


async def test_a_picture_goes_by_the_api_and_its_words_in_the_reply() -> None:
    async with street() as (shop, wechat):
        delivery = await wechat.push_text("oUser", "看看 http://169.254.169.254/x.jpg")
        assert delivery.text == "给您看看"
        await shop.settle()
        menu = await wechat.push_text("oUser", "有用吗")
        assert menu.text == "有用吗\n1. 有用\n2. 没用"


async def test_where_a_follower_came_from_is_remembered() -> None:
    async with street() as (shop, wechat):
        await wechat.push_event("oUser", "subscribe", "qrscene_live-7", Ticket="t")
        await wechat.push_text("oUser", "在吗")
        await wechat.push_event("oUser", "SCAN", "shop-door", Ticket="t")
        await wechat.push_event("oOther", "subscribe")
        await shop.settle()
        identity = await ContactIdentity.get(external_id="oUser")
        assert identity.proven == {"source": "live-7", "scanned": "shop-door"}
        assert (await ContactIdentity.get(external_id="oOther")).proven == {}
        assert await Contact.all().count() == 2
    assert stove.orders == ["follow", "在吗", "follow"]


async def test_who_follows_again_by_another_code_came_from_there() -> None:
    async with street() as (shop, wechat):
        for scene in ("live-7", "live-8"):
            await wechat.push_event("oUser", "subscribe", f"qrscene_{scene}")
            await wechat.push_event("oUser", "unsubscribe")
            await shop.advance(seconds=5)
        identity = await ContactIdentity.get(external_id="oUser")
        assert identity.proven == {"source": "live-8"}
        assert await Message.filter(direction="in").count() == 4
