"""News outside the reply window: by a template where the shop has one, else held with a reason."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from pydantic import ValidationError

from adapters.wechat.notice import MissingValueError, NoticeForm, request_of
from core.effects import Address, Effects, Post
from core.parts import Notice
from core.store.commit import by_hand
from core.store.models import Message
from core.testing import Shop
from tests.adapters.wechat.test_house import street
from tests.standins.wechat import WeChat

SHIPPED = Notice(
    "order.shipped", "您的订单 A1 已发出，中通快递。", {"order": "A1", "courier": "中通快递"}
)
FORM = {
    "template_id": "T1",
    "fields": {"character_string1": "{order}", "thing2": "{courier}"},
    "url": "https://shop.cn/o/{order}",
}


@asynccontextmanager
async def shop_with_form(**form: object) -> AsyncGenerator[tuple[Shop, WeChat]]:
    async with street(notices={"order.shipped": {**FORM, **form}}) as (shop, wechat):
        wechat.desk.templates["T1"] = {"character_string1", "thing2"}
        yield shop, wechat


async def tell(shop: Shop, part: Notice = SHIPPED, key: str = "shipped:A1") -> Message:
    effects = Effects(shop.clock, shop.app.texts, "zh_CN")
    effects.post(Post((part,), to=Address("oa", "oUser"), key=key))
    await shop.app.commit.write(effects, by_hand())
    await shop.settle()
    return await Message.get(direction="out", key=key)


async def test_outside_the_window_it_is_a_template_message() -> None:
    async with shop_with_form() as (shop, wechat):
        row = await tell(shop)
        assert row.state == "sent"
        (notice,) = wechat.desk.notices
        assert notice.payload["data"] == {
            "character_string1": {"value": "A1"},
            "thing2": {"value": "中通快递"},
        }
        assert notice.payload["url"] == "https://shop.cn/o/A1"
        assert (row.platform_id, row.text) == (str(notice.msgid), SHIPPED.text)


async def test_inside_the_window_it_is_a_text() -> None:
    async with shop_with_form() as (shop, wechat):
        await wechat.push_text("oUser", "在吗")
        await tell(shop)
        assert [sent.text for sent in wechat.sent] == [SHIPPED.text]
        assert wechat.desk.notices == []


async def test_when_the_platform_knows_better_the_template_follows_at_once() -> None:
    async with shop_with_form() as (shop, wechat):
        await wechat.push_text("oUser", "在吗")
        wechat.fail("send", 45015)
        assert (await tell(shop)).state == "sent"
        assert len(wechat.desk.notices) == 1
        other = Notice("order.delivered", "已签收")  # there is no form for this
        held = await tell(shop, other, "delivered:A1")
        assert (held.state, held.error) == ("queued", "held: window-closed")


async def test_without_a_form_it_is_held_and_leaves_with_the_customers_next_act() -> None:
    async with street() as (shop, wechat):
        held = await tell(shop)
        assert (held.state, held.error) == ("queued", "held: window-closed")
        assert [e["reason"] for e in await shop.events("message.held")] == ["window-closed"]
        await wechat.push_text("oUser", "在吗")
        await shop.settle()
        assert [sent.text for sent in wechat.sent] == [SHIPPED.text, "在的，亲"]


async def test_news_does_not_wait_behind_words_that_are_held() -> None:
    async with shop_with_form() as (shop, wechat):
        held = await tell(shop, Notice("order.question", "还在吗"), "question")
        later = await tell(shop, Notice("order.delivered", "已签收"), "delivered:A1")
        wechat.fail("template", -1)  # busy: the next attempt must find its way, too
        await tell(shop)
        assert wechat.desk.notices == []
        await shop.advance(minutes=1)
        assert len(wechat.desk.notices) == 1
        states = (
            await Message.filter(direction="out").order_by("id").values_list("state", flat=True)
        )
        assert states == ["queued", "queued", "sent"]
        await wechat.push_text("oUser", "在吗")
        await shop.settle()
        said = [sent.text for sent in wechat.sent]
        assert said[:2] == [held.text, later.text]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("success", "delivered"),
        ("failed:user block", "failed"),
        ("failed: system failed", "failed"),
    ],
)
async def test_the_result_that_comes_later_marks_the_row(status: str, state: str) -> None:
    async with shop_with_form() as (shop, wechat):
        row = await tell(shop)
        name = "TEMPLATESENDJOBFINISH"
        result = {"MsgID": row.platform_id, "Status": status}
        await wechat.push_event("oUser", name, **result)
        await wechat.push_event("oUser", name, MsgID="9", Status="success")  # none of ours
        await shop.settle()
        assert (await Message.get(id=row.id)).state == state


async def test_a_lost_answer_is_asked_for_again_and_shown_once() -> None:
    async with shop_with_form() as (shop, wechat):
        wechat.drop("template")
        await tell(shop)
        await shop.advance(minutes=1)
        assert (await Message.get(direction="out")).state == "sent"
        assert len(wechat.desk.notices) == 1
        assert wechat.calls["template"] == 2


async def test_a_subscription_message_needs_a_consent_each_time() -> None:
    async with shop_with_form(kind="subscribe") as (shop, wechat):
        held = await tell(shop)
        assert (held.state, held.error) == ("queued", "held: 43101:6f3a-43101")
        wechat.desk.consents["oUser", "T1"] = 1
        await wechat.push_event("oUser", "CLICK", "orders")
        await shop.settle()
        assert (await Message.get(id=held.id)).state == "sent"  # as a text: the click opened


async def test_a_subscription_message_uses_up_its_consent() -> None:
    async with shop_with_form(kind="subscribe") as (shop, wechat):
        wechat.desk.consents["oUser", "T1"] = 1
        assert (await tell(shop)).state == "sent"
        assert wechat.desk.consents["oUser", "T1"] == 0


async def test_a_value_that_is_missing_is_named() -> None:
    async with shop_with_form() as (shop, wechat):
        row = await tell(shop, Notice("order.shipped", "已发出", {"order": "A1"}))
        assert (row.state, row.error) == ("failed", "notice-lacks:courier")
        assert wechat.desk.notices == []


def test_words_are_cut_to_the_platforms_measure_and_numbers_are_not() -> None:
    fields = {"thing1": "{long}", "phrase2": "{long}", "number3": "{digits}", "thing4": "{lines}"}
    form = NoticeForm(template_id="T1", fields=fields)
    values = {"long": "好" * 30, "digits": "1" * 40, "lines": "一\n二"}
    _, body = request_of(Notice("p", "t", values), form, "o", "key")
    shown = {name: entry["value"] for name, entry in body["data"].items()}
    assert shown == {
        "thing1": "好" * 19 + "…",
        "phrase2": "好" * 5,
        "number3": "1" * 40,
        "thing4": "一 二",
    }
    assert len(body["client_msg_id"]) == 32
    with pytest.raises(MissingValueError, match="long"):
        request_of(Notice("p", "t"), form, "o", "key")
    with pytest.raises(ValidationError):
        NoticeForm(template_id="", fields={})


def test_a_page_of_a_mini_program_is_filled_in_too() -> None:
    page = {"app_id": "wx1", "path": "pages/order?id={order}"}
    form = NoticeForm.model_validate({**FORM, "url": "", "page": page})
    _, body = request_of(SHIPPED, form, "o", "key")
    assert body["miniprogram"] == {"appid": "wx1", "pagepath": "pages/order?id=A1"}
    assert "url" not in body
