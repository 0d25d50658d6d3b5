"""Mass messages: each leaves once whatever breaks, and its result comes back to its row."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.wechat.mass import QUOTAS
from core.effects import Address, Effects, Post
from core.message import ConversationKind
from core.parts import AnyPart, Card, Image, Text
from core.store.commit import by_hand
from core.store.models import JournalEntry, Message
from core.testing import Shop
from tests.adapters.wechat.test_house import street

NEWS = Text("周五晚八点直播，老客户九折")


async def post(shop: Shop, part: AnyPart = NEWS, to: str = "mass:all") -> Message:
    effects = Effects(shop.clock, shop.app.texts, "zh_CN")
    address = Address("oa", to, ConversationKind.GROUP)
    effects.post(Post((part,), to=address, key="mass:1"))
    await shop.app.commit.write(effects, by_hand())
    await shop.settle()
    return await Message.get(direction="out")


async def test_to_all_needs_no_reply_window_and_the_result_marks_the_row() -> None:
    async with street() as (shop, wechat):
        row = await post(shop)
        (sent,) = wechat.mass.posts
        assert (row.state, row.platform_id, sent.text) == ("sent", str(sent.msg_id), NEWS.text)
        assert sent.payload["filter"] == {"is_to_all": True}
        await wechat.finish_mass(sent.msg_id, sent=98, missed=2)
        await shop.settle()
        assert (await Message.get(id=row.id)).state == "delivered"
        (told,) = await shop.events("mass.finished")
        assert (told["sent"], told["failed"], told["status"]) == (98, 2, "send success")


async def test_a_tag_is_named_and_looked_up() -> None:
    async with street() as (shop, wechat):
        wechat.desk.tags[100] = "老客户"
        card = Card("article", data={"media_id": "draft-1"})
        await post(shop, card, "mass:tag:老客户")
        (sent,) = wechat.mass.posts
        assert sent.payload["filter"] == {"is_to_all": False, "tag_id": 100}
        assert sent.payload["mpnews"] == {"media_id": "draft-1"}


@pytest.mark.parametrize(
    ("to", "part", "error"),
    [
        ("mass:tag:没有", NEWS, "no-such-audience"),
        ("mass:list:unknown", NEWS, "no-such-audience"),
        ("mass:all", Image(media_id=""), "nothing-to-show"),
    ],
)
async def test_what_cannot_be_sent_to_many_fails_with_a_word(
    to: str, part: AnyPart, error: str
) -> None:
    async with street() as (shop, wechat):
        row = await post(shop, part, to)
        assert (row.state, row.error, wechat.mass.posts) == ("failed", error, [])


async def test_a_call_whose_answer_was_lost_is_repeated_and_sent_once() -> None:
    async with street() as (shop, wechat):
        wechat.drop("mass")
        wechat.fail("mass", 45066)  # asked again too soon
        row = await post(shop)
        assert row.state == "queued"
        await shop.advance(minutes=5)
        row = await Message.get(id=row.id)
        (sent,) = wechat.mass.posts
        assert (row.state, row.platform_id) == ("sent", str(sent.msg_id))


async def test_a_result_that_is_faster_than_our_own_note_is_not_lost() -> None:
    async with street() as (shop, wechat):
        wechat.drop("mass")
        row = await post(shop)
        await wechat.finish_mass(wechat.mass.posts[0].msg_id, sent=5)
        await shop.settle()
        assert (await Message.get(id=row.id)).state == "queued"
        await shop.advance(minutes=1)
        assert (await Message.get(id=row.id)).state == "delivered"


async def test_too_soon_waits_a_minute_and_no_quota_fails() -> None:
    async with street() as (shop, wechat):
        wechat.fail("mass", 45066)
        row = await post(shop)
        assert row.error.startswith("45066")
        wechat.mass.left = 0
        await shop.advance(minutes=1)
        row = await Message.get(id=row.id)
        assert (row.state, row.error) == ("failed", "no-mass-quota")


async def test_a_mass_message_that_the_platform_stopped_is_marked_failed() -> None:
    async with street() as (shop, wechat):
        row = await post(shop)
        await wechat.finish_mass(wechat.mass.posts[0].msg_id, status="err(40001)")
        await shop.settle()
        row = await Message.get(id=row.id)
        assert (row.state, row.error) == ("failed", "err(40001)")
        assert await JournalEntry.filter(kind="message.undeliverable").count() == 1


def test_the_platforms_days_and_months_are_those_of_beijing() -> None:
    late = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)  # half past midnight on 1 December there
    day, month = QUOTAS["subscription"].since(late), QUOTAS["service"].since(late)
    assert day == month == datetime(2026, 11, 30, 16, tzinfo=UTC)
