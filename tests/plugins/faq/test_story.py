"""The FAQ as customers meet it: sure, unsure, honest, and thankful for a verdict."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tortoise.transactions import in_transaction

from core.testing import Shop, open_shop
from plugins.faq.face import Entry, read, store
from plugins.faq.models import Feedback

DATA = Path(__file__).parents[2] / "data" / "faq"
PLUGINS = ["handoff", "faq"]
NONSENSE = "火星上的房价怎么样"


async def learn(shop: Shop, *entries: Entry) -> None:
    async with in_transaction("default"):
        await store(entries, shop.clock)
    shop.app.watch.soon()
    await shop.settle()


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with open_shop(plugins=PLUGINS) as shop:
        await learn(shop, *read(DATA / "shop_faq.yaml"))
        yield shop


async def test_a_sure_answer_asks_whether_it_helped(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says("下单后多久发货")
    mei.hears("48 小时内发货", "帮到您", "有用")
    await mei.chooses("有用")
    mei.hears("谢谢")
    verdict = await Feedback.get()
    assert (verdict.entry_id, verdict.useful) == ("shop-042", True)


async def test_a_bad_answer_offers_a_person_and_the_last_word_counts(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says("优惠券怎么使用？")
    await mei.chooses("有用")
    await mei.says("优惠券怎么使用？")
    await mei.says("没用")
    mei.hears("人工")
    assert [f.useful for f in await Feedback.all().order_by("id")] == [True, False]
    await mei.chooses("转人工")
    assert (await shop.conversation("mei")).owner == "queue"


async def test_unsure_offers_candidates_and_takes_a_number(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says("快递费谁给")
    mei.hears("运费谁承担", r"2\. ", "都不是")
    first = next(line for line in mei.replies[0].splitlines() if line.startswith("1. "))
    await mei.says("1")
    asked = await shop.events("faq.picked")
    entry = next(e for e in read(DATA / "shop_faq.yaml") if e.id == asked[0]["entry"])
    assert entry.question == first.removeprefix("1. ")
    mei.hears(entry.answer[:10])


async def test_a_typed_question_of_the_menu_is_understood(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says("快递费谁给")
    await mei.says("换货的运费谁承担？")
    mei.hears("首次换货")


async def test_a_number_out_of_the_blue_is_no_choice(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says("1")
    assert await shop.events("faq.picked") == []
    await mei.says("快递费谁给")
    await shop.advance(minutes=31)
    await mei.says("1")
    assert await shop.events("faq.picked") == []


async def test_three_misses_in_a_row_bring_a_person(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says(NONSENSE)
    mei.hears("人工")
    await mei.says(NONSENSE)
    await mei.says("谢谢")
    await mei.says(NONSENSE)
    assert [e["count"] for e in await shop.events("faq.missed")] == [1, 2, 3]
    assert (await shop.events("handoff.requested"))[0]["reason"] == "misses"
    assert (await shop.conversation("mei")).owner == "queue"


async def test_a_right_answer_forgets_the_misses(shop: Shop) -> None:
    mei = shop.customer("mei")
    for text in (NONSENSE, NONSENSE, "怎么申请退货？", NONSENSE):
        await mei.says(text)
    assert (await shop.conversation("mei")).owner == "bot"
    assert (await shop.events("faq.missed"))[-1]["count"] == 1


async def test_none_of_these_is_a_miss(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says("快递费谁给")
    await mei.chooses("都不是")
    mei.hears("人工")
    assert len(await shop.events("faq.missed")) == 1


async def test_in_public_only_the_sure_is_said_and_without_a_menu(shop: Shop) -> None:
    for somebody in (shop.viewer("lan", "room"), shop.member("bo", "group")):
        await somebody.says("下单后多久发货")
        somebody.hears("48 小时内发货")
        assert "有用" not in somebody.replies[0]
        for text in ("快递费谁给", NONSENSE, "主播好漂亮", "下单了", "比商场便宜"):
            await somebody.says(text)
            somebody.hears_nothing()


async def test_events_and_pictures_are_left_alone(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.does("enter")
    await mei.does("choice", "other.plugin:1")
    mei.hears_nothing()


async def test_a_greeting_is_no_question(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says("在吗？")
    mei.hears("我在的")
    assert await shop.events("faq.missed") == []


async def test_new_knowledge_answers_at_once_and_switched_off_never(shop: Shop) -> None:
    mei = shop.customer("mei")
    entry = Entry(
        id="x-1", question="会员日是哪一天？", answer="每月 8 号。", similar=("几号会员日",)
    )
    await learn(shop, entry)
    await mei.says("几号会员日")
    mei.hears("每月 8 号")
    await learn(shop, entry.model_copy(update={"enabled": False}))
    await mei.says("会员日是哪一天")
    assert "每月 8 号" not in "".join(mei.replies)


async def test_importing_again_changes_nothing(shop: Shop) -> None:
    entries = read(DATA / "shop_faq.csv")
    plain = [e.model_copy(update={}) for e in entries]
    async with in_transaction("default"):
        assert await store(plain, shop.clock) == (0, 0)
    assert len(await shop.events("faq.changed")) == 1


async def test_an_english_reader_reads_english(shop: Shop) -> None:
    mei = shop.customer("mei", locale="en")
    await mei.says("what is the meaning of life")
    mei.hears("do not know")
