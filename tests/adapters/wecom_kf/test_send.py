"""What leaves: windows, one-time codes, tokens, and what each refusal means."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters._weixin.errors import ApiError, NotSentError, UnsureError
from adapters._weixin.own_id import own_id, row_of
from adapters.wecom_kf.errors import receipt_of
from adapters.wecom_kf.outgoing import content
from core.adapter import Outcome
from core.message import ConversationKind, Outbound
from core.parts import AnyPart, Card, Image, Link, Location, Menu, Option, Text
from tests.adapters.wecom_kf.town import ECHO, WELCOME, caught_up, said, town
from tests.standins.wecom_rules import content_error


def outbound(*parts: AnyPart, to: str = "wkAccount/wm1", number: int = 1) -> Outbound:
    return Outbound(number, f"k{number}", to, ConversationKind.DIRECT, to, parts)


async def test_the_sixth_message_is_held_until_the_customer_writes() -> None:
    async with town(ECHO) as (shop, wecom):
        await wecom.says("wm1", "hello")
        await caught_up(shop, wecom)
        from core.effects import Address, Effects, Post
        from core.store.commit import by_hand

        effects = Effects(shop.clock, shop.app.texts, "en")
        for number in range(5):
            effects.post(Post((Text(f"news {number}"),), Address("kf", "wkAccount/wm1")))
        await shop.app.commit.write(effects, by_hand())
        await shop.advance(hours=1)
        assert len(wecom.sent) == 5
        assert (await said())[-1].error == "held: quota-used"
        assert wecom.calls["send_msg"] == 5
        await wecom.says("wm1", "yes?")
        await caught_up(shop, wecom)
        assert [sent.text for sent in wecom.sent[5:]] == ["news 4", "echo yes?"]


@pytest.mark.parametrize("code", [95001, 95002])
async def test_the_platform_knows_the_window_better(code: int) -> None:
    async with town(ECHO) as (shop, wecom):
        wecom.fail("send_msg", code)
        await wecom.says("wm1", "hello")
        await caught_up(shop, wecom)
        await shop.advance(hours=1)
        assert (await said())[-1].error == f"held: {code}"
        assert wecom.calls["send_msg"] == 1


async def test_a_welcome_goes_by_its_code() -> None:
    async with town(WELCOME) as (shop, wecom):
        await wecom.enters("wm1")
        await caught_up(shop, wecom)
        (sent,) = wecom.sent
        assert (sent.text, bool(sent.code)) == ("welcome", True)
        assert wecom.calls["send_msg"] == 0


async def test_without_a_code_a_welcome_waits() -> None:
    async with town(WELCOME) as (shop, wecom):
        await wecom.enters("wm1", welcomed=True)
        await caught_up(shop, wecom)
        assert not wecom.sent
        assert not wecom.calls["send_msg"]
        assert (await said())[-1].error == "held: window-closed"


async def test_a_late_code_is_no_code() -> None:
    async with town(WELCOME) as (shop, wecom):
        event = wecom.event("wm1", "enter_session", scene="s", welcome_code="CODE-old")
        await wecom.tell(event | {"send_time": event["send_time"] - 30})
        await caught_up(shop, wecom)
        assert not wecom.calls["send_msg_on_event"]


async def test_a_refused_code_falls_back_to_the_ordinary_way() -> None:
    async with town(ECHO, WELCOME) as (shop, wecom):
        await wecom.says("wm1", "hello")
        await caught_up(shop, wecom)
        wecom.fail("send_msg_on_event", 40058)
        await wecom.enters("wm1")
        await caught_up(shop, wecom)
        assert [sent.text for sent in wecom.sent] == ["echo hello", "welcome"]


async def test_what_never_arrived_is_failed_after_all() -> None:
    async with town(ECHO) as (shop, wecom):
        await wecom.says("wm1", "hello")
        await caught_up(shop, wecom)
        (row,) = await said()
        assert row.state == "sent"
        await wecom.fails(row.platform_id, "wm1", 10)
        await wecom.fails("somebody-elses", "wm1", 4)
        await caught_up(shop, wecom)
        (row,) = await said()
        assert (row.state, row.error) == ("failed", "send-fail:customer-refuses")
        assert await shop.events("message.undeliverable") == [{"reason": row.error}]


async def test_a_link_leaves_as_a_card_with_the_shops_picture(tmp_path: Path) -> None:
    file = tmp_path / "shop.png"
    file.write_bytes(b"a picture")
    link = Link("https://x.example/", "t" * 200, "d" * 600)
    async with town(link_picture=str(file)) as (shop, wecom):
        wecom.customer("wm1").writes(shop.clock.now())
        line = shop.app.lines.get("kf")
        assert line is not None
        for number in (1, 2):
            receipt = await line.adapter.send(outbound(link, number=number))
            assert receipt.outcome is Outcome.ACCEPTED
        await shop.advance(days=2.6)
        wecom.customer("wm1").writes(shop.clock.now())
        await line.adapter.send(outbound(link, number=3))
        assert wecom.uploads == [b"a picture"] * 2
        pictures = [sent.body["link"]["thumb_media_id"] for sent in wecom.sent]
        assert pictures == ["MEDIA-1", "MEDIA-1", "MEDIA-2"]
        card = wecom.sent[0].body["link"]
        assert (len(card["title"].encode()), len(card["desc"].encode())) == (128, 512)
        wecom.fail("media/upload", 40009)
        await shop.advance(days=2.6)
        wecom.customer("wm1").writes(shop.clock.now())
        await line.adapter.send(outbound(link, number=4))
        assert "https://x.example/" in wecom.sent[-1].text


async def test_an_expired_token_under_200_sends_is_fetched_once() -> None:
    async with town() as (shop, wecom):
        for number in range(200):
            wecom.customer(f"wm{number}").writes(shop.clock.now())
        line = shop.app.lines.get("kf")
        assert line is not None
        await line.adapter.send(outbound(Text("first"), to="wkAccount/wm0"))
        assert wecom.calls["gettoken"] == 1
        wecom.tokens.expire()
        sends = [
            line.adapter.send(outbound(Text("x"), to=f"wkAccount/wm{n}", number=n + 2))
            for n in range(200)
        ]
        receipts = await asyncio.gather(*sends)
        assert {receipt.outcome for receipt in receipts} == {Outcome.ACCEPTED}
        assert wecom.calls["gettoken"] == 2
        assert len(wecom.sent) == 201


async def test_a_wrong_secret_is_tried_once_a_call_and_never_shown() -> None:
    async with town(ECHO, secret="very-secret-word") as (shop, wecom):
        with capture_logs() as logs:
            await wecom.says("wm1", "hello")
            line = shop.app.lines.get("kf")
            assert line is not None
            receipt = await line.adapter.send(outbound(Text("x")))
        assert (receipt.outcome, receipt.reason) == (Outcome.RETRY, "40001")
        assert wecom.calls["gettoken"] <= 2
        told = repr(logs) + repr(line.adapter.settings)
        assert not any(word in told for word in ("very-secret-word", wecom.token, wecom.key))


@pytest.mark.parametrize(
    ("code", "attempt", "outcome"),
    [
        (-1, 1, Outcome.RETRY),
        (-1, 4, Outcome.FINAL),
        (42001, 1, Outcome.RETRY),
        (45009, 1, Outcome.RETRY),
        (45033, 1, Outcome.RETRY),
        (60020, 1, Outcome.RETRY),
        (40096, 1, Outcome.FINAL),
        (40201, 1, Outcome.FINAL),
        (95001, 1, Outcome.FINAL),
        (99999, 1, Outcome.FINAL),
    ],
)
def test_the_error_table(code: int, attempt: int, outcome: Outcome) -> None:
    receipt = receipt_of(ApiError(code, "words"), attempt)
    assert (receipt.outcome, receipt.reason) == (outcome, str(code))
    assert receipt.closes_window is (code == 95001)


def test_the_line_has_two_ways_to_fail() -> None:
    assert receipt_of(NotSentError("unreachable"), 1).outcome is Outcome.RETRY
    assert receipt_of(UnsureError("timeout"), 1).outcome is Outcome.UNKNOWN


MINI = {"app_id": "wx1", "path": "pages/a", "picture_id": "M1"}
MENU = Menu("choose", (Option("a", "A"), Option("b", "B")), "thanks")


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        (Text("hello"), "text"),
        (Image(media_id="M1"), "image"),
        (Image(url="https://x.example/a.png"), "text"),
        (Link("https://x.example/", "title"), "text"),
        (Location(30.5, 104.1, "here"), "location"),
        (Card("miniprogram", "mini", data=MINI), "miniprogram"),
        (Card("miniprogram", "mini"), "text"),
        (MENU, "msgmenu"),
        (Menu("many", tuple(Option(str(n), str(n)) for n in range(11))), "text"),
        (Menu("long", (Option("x" * 65, "A"),)), "text"),
    ],
)
def test_parts_leave_as_the_platform_takes_them(part: AnyPart, kind: str) -> None:
    what = content((part,))
    assert what is not None
    assert what[0] == kind
    assert content_error({"msgtype": kind, kind: what[1]}) == 0


def test_nothing_to_show_is_no_message() -> None:
    assert content((Text("  "),)) is None


def test_our_message_ids_lead_back() -> None:
    msgid = own_id(outbound(Text("x"), number=10**12), "salt")
    assert len(msgid) <= 32
    assert row_of(msgid) == 10**12
    assert own_id(outbound(Text("x"), number=10**12), "other") != msgid
    assert [row_of(other) for other in ("", "m", "mx-1", "m²-1", "7-1", "m" + "9" * 30)] == [
        None
    ] * 6


def test_a_choice_that_is_an_address_opens_it() -> None:
    menu = Menu("Was it good?", (Option("rate:5", "yes"), Option("https://x.example/r", "tell us")))
    found = content((menu,))
    assert found is not None
    kinds = [item["type"] for item in found[1]["list"]]
    assert (kinds, content_error({"msgtype": found[0], found[0]: found[1]})) == (
        ["click", "view"],
        0,
    )
