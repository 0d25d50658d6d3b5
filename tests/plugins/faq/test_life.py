"""The life of an entry: said by who listens, valid in its time, checked, published, taken back."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any

import aiohttp
import pytest
from tortoise.transactions import in_transaction

from core.testing import Shop, open_shop
from plugins.faq.exam import Finding
from plugins.faq.face import Entry, KnowledgeBase, store
from plugins.faq.publish import (
    Regression,
    check,
    difference,
    draft,
    drafted,
    refuse_regressions,
    versions,
)
from plugins.faq.settings import FaqSettings

PLUGINS = ["handoff", "faq"]
FAQ: Mapping[str, Any] = {
    "encoder": "none",
    "help_page": True,
    "tones": {"douyin": "lively"},
    "facts": {"客服时间": "9:00～21:00"},
}
SETTINGS = FaqSettings.model_validate(FAQ)
RETURNS = Entry(
    id="return",
    question="怎么申请退货？",
    answer="先在订单里申请退货。",
    similar=("不想要了可以退吗", "怎么退掉"),
    tests=("怎么申请退货呀",),
)
HOURS = Entry(id="hours", question="客服几点上班？", answer="{昵称}您好，客服时间是 {客服时间}。")


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    channels = {"douyin": {"adapter": "core.testing.mock:MockAdapter"}}
    settings = {"plugins": {"faq": dict(FAQ)}}
    async with open_shop(plugins=PLUGINS, settings=settings, channels=channels) as shop:
        yield shop


async def learn(shop: Shop, *entries: Entry, by: str = "") -> None:
    async with in_transaction("default"):
        await store(entries, shop.clock, by)
    shop.app.watch.soon()
    await shop.settle()


def base_of(shop: Shop) -> KnowledgeBase:
    return shop.app.registry.services[KnowledgeBase]


async def findings(shop: Shop, *entries: Entry) -> dict[str, Finding]:
    return {f.kind: f for f in await check(entries, base_of(shop), SETTINGS)}


async def test_an_answer_is_worded_for_who_listens(shop: Shop) -> None:
    answers = {"en": "Apply in your order.", "lively": "宝，点申请退货哦～", "live": "私聊退"}
    rich = {"pictures": ("https://x.cn/a.png",), "cards": ({"url": "https://x.cn", "title": "去"},)}
    await learn(shop, Entry.model_validate({**RETURNS.model_dump(), **rich, "answers": answers}))
    mei, tom = shop.customer("mei"), shop.customer("tom", locale="en")
    lan, bo = shop.viewer("lan", "room"), shop.customer("bo", channel="douyin")
    for somebody in (mei, tom, lan, bo):
        await somebody.says("怎么申请退货？")
    mei.hears("先在订单里申请退货", r"https://x\.cn/a\.png", r"去 https://x\.cn")
    tom.hears("Apply in your order")
    lan.hears("^私聊退$")
    bo.hears("宝，点申请退货哦")


async def test_facts_stand_in_answers(shop: Shop) -> None:
    await learn(shop, HOURS)
    mei = shop.customer("mei")
    await mei.says("客服几点上班")
    mei.hears("mei您好，客服时间是 9:00～21:00")


async def test_an_entry_answers_only_in_its_time(shop: Shop) -> None:
    gift = Entry(
        id="gift",
        question="双旦活动有赠品吗？",
        answer="满 199 送围巾。",
        valid_from=date(2026, 11, 24),
        valid_to=date(2026, 11, 25),
    )
    await learn(shop, gift)
    mei, heard = shop.customer("mei"), list[bool]()
    for _ in range(4):
        await mei.says("双旦活动有赠品吗")
        heard.append("围巾" in "".join(mei.replies))
        await shop.advance(hours=24)
    assert heard == [False, True, True, False]


async def test_every_version_is_kept_and_can_be_brought_back(shop: Shop) -> None:
    await learn(shop, RETURNS, by="mei")
    await learn(shop, RETURNS.model_copy(update={"answer": "打电话退。"}), by="bo")
    (now, new, by, _), (first, old, author, _) = await versions("return")
    assert (now, by, first, author, old) == (2, "bo", 1, "mei", RETURNS)
    assert [(c.field, c.old, c.new) for c in difference(old, new)] == [
        ("answer", "先在订单里申请退货。", "打电话退。")
    ]
    await learn(shop, old, by="mei")
    assert [number for number, *_ in await versions("return")] == [3, 2, 1]
    assert await versions("nobody") == []


async def test_customers_hear_the_old_answer_until_the_draft_is_published(shop: Shop) -> None:
    await learn(shop, RETURNS)
    better = RETURNS.model_copy(update={"answer": "一键就能退。"})
    async with in_transaction("default"):
        await draft([better], shop.clock, "mei")
    assert await drafted("return") == (better, "")
    mei = shop.customer("mei")
    await mei.says("怎么申请退货？")
    mei.hears("先在订单里")
    await learn(shop, better)
    assert await drafted("return") is None
    await mei.says("怎么申请退货？")
    mei.hears("一键就能退")


async def test_an_entry_that_would_steal_anothers_test_is_refused_with_its_name(shop: Shop) -> None:
    await learn(shop, RETURNS)
    thief = Entry(
        id="thief",
        question="退货要多久？",
        answer="一周。",
        keywords=("怎么申请退货呀",),
    )
    found = (await findings(shop, thief))["lost"]
    assert (found.entry, found.question) == ("return", "怎么申请退货呀")
    assert (found.before, found.after, found.other) == ("answered", "wrong", "thief")
    with pytest.raises(Regression):
        await refuse_regressions([thief], base_of(shop), SETTINGS)
    harmless = Entry(id="live", question="几点开播？", answer="七点。", tests=("今天几点开播呀",))
    assert not [f for f in await refuse_regressions([harmless], base_of(shop), SETTINGS) if f.grave]


async def test_what_is_wrong_with_an_entry_shows_before_it_is_published(shop: Shop) -> None:
    await learn(shop, RETURNS)
    twin = Entry(id="twin", question="怎么退掉", answer="{快递}上门。", tests=("月亮有多远",))
    found = await findings(shop, twin)
    assert found["conflict"].other == "return"
    assert found["fact"].question == "快递"
    assert found["failed"].question == "月亮有多远"
    near = Entry(id="near", question="申请退货，怎么申请退货？", answer="先申请。")
    assert (await findings(shop, near))["near"].other == "return"
    assert await check([RETURNS], base_of(shop), SETTINGS) == []


async def test_the_help_page_shows_the_knowledge_and_escapes_it(shop: Shop) -> None:
    evil = Entry(id="x", question="<script>1</script>？", answer='"&<b>', category="<i>")
    await learn(shop, HOURS, evil, RETURNS.model_copy(update={"enabled": False}))
    async with aiohttp.ClientSession() as session:
        answer = await session.get(f"{shop.app.server.url}/help")
        page = await answer.text()
    assert answer.status == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "您好，客服时间是 9:00～21:00。" in page
    assert "&lt;script&gt;1&lt;/script&gt;？" in page
    assert "<script" not in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "申请退货" not in page


async def test_without_a_word_from_the_shop_there_is_no_help_page() -> None:
    async with open_shop(plugins=PLUGINS) as shop, aiohttp.ClientSession() as session:
        assert (await session.get(f"{shop.app.server.url}/help")).status == 404
