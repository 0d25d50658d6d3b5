"""What customers really type: by sound, with slips, two questions at once, about what they see."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tortoise.transactions import in_transaction

from core.testing import Shop, open_shop
from plugins.faq.clauses import clauses
from plugins.faq.exam import conflicts
from plugins.faq.face import Entry, read, store
from plugins.faq.sounds import Sounds, spelled

DATA = Path(__file__).parents[2] / "data" / "faq"
PRICES = [
    Entry(id="coat", question="这款多少钱？", answer="羽绒服 259 元。", products=("羽绒服", "1")),
    Entry(id="jeans", question="这款多少钱？", answer="牛仔裤 129 元。", products=("牛仔裤", "2")),
]


@pytest.fixture(scope="module")
def sounds() -> Sounds:
    return Sounds(("退货", "优惠券", "发票", "加急", "怎么"), {"家寄", "火车"}.__contains__)


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    settings = {"plugins": {"faq": {"encoder": "none"}}}
    async with open_shop(plugins=["handoff", "faq"], settings=settings) as shop:
        async with in_transaction("default"):
            await store([*read(DATA / "shop_faq.yaml"), *PRICES], shop.clock)
        shop.app.watch.soon()
        await shop.settle()
        yield shop


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tuihuo zenme弄", "退货 怎么弄"),
        ("tui huo", "退货"),
        ("youhuijuan? youhuiquan", "youhuijuan? 优惠券"),
        ("怎么推货", "怎么退货"),
        ("发漂", "发票"),
        ("家寄给我", "家寄给我"),
        ("坐火车", "坐火车"),
        ("can you tell me", "can you tell me"),
        ("🙏退货😭", "🙏退货😭"),
        ("", ""),
    ],
)
def test_words_are_understood_by_their_sound(sounds: Sounds, typed: str, meant: str) -> None:
    assert sounds.mend(typed) == meant


def test_a_run_of_letters_is_spelled_with_the_fewest_syllables() -> None:
    assert spelled("zhuangshang") == ("zhuang", "shang")
    assert spelled("logo") == ("lo", "go") or spelled("logo") == ()
    assert spelled("xl") == ()


async def test_pinyin_and_slips_find_their_entry(shop: Shop) -> None:
    mei = shop.customer("mei")
    for text in ("怎么申请tuihuo", "怎麼申請推货？"):
        await mei.says(text)
        mei.hears("申请售后|申请退")


async def test_two_questions_in_one_message_get_two_answers(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says("下单后多久发货？还有优惠券怎么使用呀")
    mei.hears("48 小时内发货", "优惠券|结算")
    assert len(mei.replies) == 1
    answered = [event["entry"] for event in await shop.events("faq.answered")]
    assert answered == ["shop-042", "shop-089"]


async def test_the_one_question_in_a_rambling_message_is_answered(shop: Shop) -> None:
    mei = shop.customer("mei")
    await mei.says("昨天我跟我妈逛街来着，后来下雨了就回家了！下单后多久发货？")
    mei.hears("48 小时内发货")


def test_a_message_of_one_piece_has_no_parts() -> None:
    assert clauses("下单后多久发货？") == []
    assert clauses("在吗？下单后多久发货") == []
    assert clauses("尺码怎么选，另外包邮不包邮") == ["尺码怎么选，", "包邮不包邮"]


async def test_the_link_on_air_says_which_product_is_meant(shop: Shop) -> None:
    lan = shop.viewer("lan", "room")
    await lan.says("这款多少钱？", on_air_link=2)
    lan.hears("129")

    mei = shop.customer("mei")
    await mei.says("这款多少钱？", product="羽绒服")
    mei.hears("259")
    await mei.says("这款多少钱？")
    mei.hears("1. ", "都不是")


def test_the_same_words_about_different_products_are_no_conflict() -> None:
    both = {entry.id: entry for entry in PRICES}
    assert list(conflicts(both, both)) == []
    same = {key: entry.model_copy(update={"products": ()}) for key, entry in both.items()}
    assert {finding.entry for finding in conflicts(same, same)} == {"coat", "jeans"}
