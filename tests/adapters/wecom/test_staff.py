"""Messages to members: text, cards with buttons that come back, and who did not get them."""

from __future__ import annotations

import asyncio

import pytest

from adapters.wecom.outgoing import content
from core.adapter import Media, NoMedia
from core.parts import AnyPart, Card, File, Image, Link, Menu, Option, Text, load
from core.testing import Shop
from tests.adapters.wecom.firm import STAFF, firm, heard, post, said
from tests.standins.wecom_app import WeComApp

ALERT = Menu(
    "投诉升级：订单 8821",
    (
        Option("case:claim:8821", "我来处理"),
        Option("https://desk.shop.cn/8821", "打开"),
        Option("case:done:8821", "已解决"),
    ),
)


async def put_away(shop: Shop, wecom: WeComApp) -> None:
    async with asyncio.timeout(5):
        while not wecom.put_away:  # noqa: ASYNC110 - looks at the platform's side
            await asyncio.sleep(0.005)
    await shop.settle()


async def test_a_member_writes_and_is_answered() -> None:
    async with firm(STAFF) as (shop, wecom):
        await wecom.writes("zhangsan", "ping")
        await shop.settle()
        assert [(s.member, s.text) for s in wecom.shown] == [("zhangsan", "pong")]
        (row,) = await heard()
        assert row.context["sender"]["role"] == "staff"


async def test_an_alert_has_buttons_that_come_back_once() -> None:
    async with firm(STAFF) as (shop, wecom):
        await post(shop, "zhangsan|lisi", ALERT, kind="group")
        (card,) = wecom.cards
        assert {shown.member for shown in wecom.shown} == {"zhangsan", "lisi"}
        await wecom.presses("lisi", card, "case:claim:8821")
        await put_away(shop, wecom)
        assert wecom.put_away == [(card, "lisi 已处理")]
        assert (wecom.shown[-1].member, wecom.shown[-1].text) == (
            "lisi",
            "chosen case:claim:8821 by staff",
        )
        (pressed,) = await heard()
        (event,) = load(pressed.parts)
        assert event.data == {"card": card}  # type: ignore[union-attr]  # no code that speaks for us


async def test_a_repeated_press_is_one_event() -> None:
    async with firm(STAFF) as (shop, wecom):
        await post(shop, "zhangsan", ALERT)
        (card,) = wecom.cards
        pressed = {"Event": "template_card_event", "EventKey": "case:done:8821", "TaskId": card}
        push = wecom.sign(wecom.document(FromUserName="zhangsan", MsgType="event", **pressed))
        for _ in range(3):  # the platform delivers three times when nobody answers in time
            assert (await wecom.post(*push)).status == 200
        await shop.settle()
        assert len(await heard()) == 1


async def test_a_card_that_cannot_be_put_away_counts_all_the_same() -> None:
    async with firm(STAFF) as (shop, wecom):
        await post(shop, "zhangsan", ALERT)
        (card,) = wecom.cards
        wecom.fail("message/update_template_card", 42014)
        await wecom.presses("zhangsan", card, "case:claim:8821")
        await shop.settle()
        assert wecom.shown[-1].text == "chosen case:claim:8821 by staff"


async def test_partial_success_names_who_did_not_get_it() -> None:
    async with firm() as (shop, _):
        await post(shop, "zhangsan|gone", Text("hello"))
        (row,) = await said()
        assert row.state == "sent"
        assert await shop.events("wecom.not_reached") == [
            {"message": row.id, "invaliduser": "gone"}
        ]


async def test_what_the_platform_would_drop_silently_waits() -> None:
    async with firm() as (shop, wecom):
        for number in range(35):
            await post(shop, "zhangsan", Text(f"alert {number}"))
        assert len(wecom.shown) == 30
        await shop.advance(minutes=2)
        assert [shown.text for shown in wecom.shown] == [f"alert {n}" for n in range(35)]


async def test_an_expired_token_is_refreshed_once_and_never_in_a_loop() -> None:
    async with firm() as (shop, wecom):
        await post(shop, "zhangsan", Text("one"))
        wecom.tokens.expire()
        await post(shop, "zhangsan", Text("two"))
        assert wecom.calls["gettoken"] == 2
        wecom.fail("message/send", 42001, times=50)
        await post(shop, "zhangsan", Text("three"))
        assert (wecom.calls["message/send"], wecom.calls["gettoken"]) == (5, 3)


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        (Image(media_id="m"), "image"),
        (Image(url="https://x.example/p.png"), "text"),
        (File(media_id="m"), "file"),
        (Link("https://x.example/", "t", "d"), "textcard"),
        (Card("order", "t", "https://x.example/", {"description": "d" * 900}), "textcard"),
        (ALERT, "template_card"),
        (Menu("head", tuple(Option(str(n), "x") for n in range(7))), "text"),
        (Menu("h" * 161, (Option("1", "x"),)), "text"),
        (Menu("head", (Option("1", "more than ten"),)), "text"),
        (Text("# title"), "markdown"),
    ],
)
def test_each_part_leaves_in_its_own_shape(part: AnyPart, kind: str) -> None:
    found = content((part,), "card-1", "markdown")
    assert found
    assert found[0] == kind
    if kind == "textcard":
        assert len(found[1]["description"].encode()) <= 512


async def test_a_file_of_a_member_can_be_had_for_three_days() -> None:
    async with firm() as (shop, wecom):
        line = shop.app.lines.get("wecom")
        assert line
        wecom.media["M1"] = b"\xff\xd8\xff a photo"
        async with line.adapter.media(Image(media_id="M1")) as media:
            assert isinstance(media, Media)
            assert b"".join([piece async for piece in media.chunks]) == wecom.media["M1"]
        with pytest.raises(NoMedia, match="gone"):
            async with line.adapter.media(Image(media_id="old")):
                pass
        with pytest.raises(NoMedia, match="no-media-here"):
            async with line.adapter.media(Text("x")):
                pass
