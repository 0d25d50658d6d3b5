"""Grounded answers as customers meet them, and what happens when the model is not there."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from core.message import ConversationKind
from core.parts import Text, dump
from core.testing import Shop
from core.views import ContactView, ConversationView, MessageView
from plugins.grounded.models import SHOP, Spending
from plugins.grounded.veil import veiled
from tests.plugins.grounded.house import SEVERAL, UNSURE, counted, shop_with
from tests.standins.model import DONE, KEY, Asked, Model, honest, line, model

TROUBLES = {
    "cut": "cut-off",
    "length": "cut-off",
    "html": "garbage",
    "endless": "garbage",
    "busy": "status",
    "broken": "status",
    "moved": "status",
}
TRUE = "无理由退货由买家承担，订单赠送运费险的会自动理赔部分运费"  # in shop-067
NO_ANSWERS = {
    "您好，运费的事您放心。": "garbage",
    line(TRUE, "shop-067"): "unfinished",
    f"{line(TRUE)}\n{DONE}": "citation",
    f"{line(TRUE, 'shop-999')}\n{DONE}": "citation",
    f"{line('运费由平台承担', 'shop-067')}\n{DONE}": "unsupported",
    f"{DONE}\n{line(TRUE, 'shop-067')}": "garbage",
    '{"refuse": true}': "refused",
    '{"say": "x", "from": ["shop-067"], "tool": "refund"}': "garbage",
    "[" * 200: "garbage",
    "": "unfinished",
}


@asynccontextmanager
async def house(**own: Any) -> AsyncGenerator[tuple[Shop, Model]]:
    async with model() as server, shop_with(server, **own) as shop:
        yield shop, server


async def test_a_day_with_a_model() -> None:
    async with house() as (shop, endpoint):
        await unsure_asks_the_model_and_cites(shop, endpoint)
        await several_questions_become_one_answer(shop, endpoint)
        await the_sure_the_unknown_and_the_angry_are_not_the_models(shop, endpoint)
        await beside_a_person_and_in_public_the_model_is_silent(shop, endpoint)
        who_a_customer_is_stays_in_the_house(shop)
        await what_is_no_answer_is_not_said(shop, endpoint)
        await a_server_that_does_not_stream_will_do(shop, endpoint)
        every_number_is_explained(shop)


async def unsure_asks_the_model_and_cites(shop: Shop, endpoint: Model) -> None:
    mei = shop.customer("mei")
    await mei.says(UNSURE)
    given = endpoint.asked[0].sources
    mei.hears(next(iter(given.values()))[:10], "AI 生成，依据：.运费谁承担|AI 生成，依据：")
    told = (await shop.events("grounded.answered"))[0]
    assert (told["entries"], told["tokens"]) == ([next(iter(given))], 120)
    assert endpoint.asked[0].key == f"Bearer {KEY}"
    assert endpoint.asked[0].body["stream"] is True


async def several_questions_become_one_answer(shop: Shop, endpoint: Model) -> None:
    def both(asked: Asked) -> str:
        rows = [line(f"亲，好的，{text}", name) for name, text in asked.sources.items()]
        return "\n".join(["```json", *rows, DONE, "```"])

    endpoint.says = both
    mei = shop.customer("mei")
    await mei.says(SEVERAL)
    assert len(mei.replies) == 1
    mei.hears("48 小时内发货", "首次换货", "AI 生成")
    assert "好的" not in mei.replies[0]  # the question may have held more than the entry says
    assert len((await shop.events("grounded.answered"))[-1]["entries"]) == 2
    endpoint.says = honest


async def the_sure_the_unknown_and_the_angry_are_not_the_models(
    shop: Shop, endpoint: Model
) -> None:
    mei, before = shop.customer("mei"), len(endpoint.asked)
    for text in ("下单后多久发货", "火星上的房价怎么样", "骗子！我要去12315投诉你们"):
        await mei.says(text)
        assert mei.replies
    assert len(endpoint.asked) == before


async def beside_a_person_and_in_public_the_model_is_silent(shop: Shop, endpoint: Model) -> None:
    bo, before = shop.customer("bo"), len(endpoint.asked)
    await bo.says("转人工")
    await bo.says(UNSURE)
    await shop.member("lan", "fans").says(f"{UNSURE}呢")
    assert len(endpoint.asked) == before


def who_a_customer_is_stays_in_the_house(shop: Shop) -> None:
    who = ContactView(1, "林小满")
    thread = ConversationView(1, "shop", "mei", ConversationKind.DIRECT)
    for words in (
        f"我叫张小美，手机 13812345678，{UNSURE}",
        f"收件人：欧阳娜娜，电话一三八一二三四五六七八，{UNSURE}",
        f"订单 6799774500556622701 尾号 5678，{UNSURE}",
        f"寄到杭州市西湖区文三路8号3栋502，邮箱 mei@shop.cn，{UNSURE}",
        f"我是林小满，身份证 11010519491231002X，卡号 6222 0212 3456 7890 123，{UNSURE}",
        f"my name is Mary Smith {{order}} {{昵称}}，{UNSURE}",
    ):
        said = MessageView(1, "shop", "1", words, dump([Text(words)]), shop.clock.now())
        asked = veiled(shop.app.worker.turn(said, thread, who), ["欧阳娜娜"])
        assert asked.endswith(UNSURE), asked
        told = ("张小美", "欧阳", "小满", "Mary", "1381", "一三八", "67997", "5678", "文三", "mei@")
        assert not [word for word in (*told, "11010", "6222", "{order}", "{昵称}") if word in asked]


async def what_is_no_answer_is_not_said(shop: Shop, endpoint: Model) -> None:
    for number, (words, reason) in enumerate(NO_ANSWERS.items()):
        endpoint.says = lambda _, words=words: words
        mei, before = shop.customer(f"mei{number}"), counted(shop, reason)
        await mei.says(UNSURE)
        mei.hears("都不是")
        assert counted(shop, reason) == before + 1, words
    endpoint.says = honest


def every_number_is_explained(shop: Shop) -> None:
    told = (Path(__file__).parents[3] / "docs" / "model-providers.md").read_text("utf-8")
    names = {m.name for m in shop.app.metrics.registry.collect() if "grounded" in m.name}
    assert len(names) == 4
    assert not [name for name in names if f"`{name}" not in told]


async def a_server_that_does_not_stream_will_do(shop: Shop, endpoint: Model) -> None:
    endpoint.mood = "whole"
    mei = shop.customer("mia")
    await mei.says(UNSURE)
    mei.hears("AI 生成")


async def test_whatever_goes_wrong_the_matcher_answers_and_the_endpoint_is_left_in_peace(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with house() as (shop, endpoint):
        mei = shop.customer("mei")
        for mood, reason in TROUBLES.items():
            endpoint.mood = mood
            before = counted(shop, reason)
            await mei.says(UNSURE)
            mei.hears("都不是")
            assert counted(shop, reason) == before + 1, mood
            await shop.advance(minutes=6)  # the longest pause
        asked = len(endpoint.asked)
        for _ in range(3):
            await mei.says(UNSURE)
            mei.hears("都不是")
        assert len(endpoint.asked) == asked + 1
        assert counted(shop, "resting") == 2
        assert KEY not in "".join(capsys.readouterr())  # though the server says it
        endpoint.mood = "well"
        await shop.advance(minutes=6)
        await mei.says(UNSURE)
        mei.hears("AI 生成")


async def test_who_is_too_slow_is_not_waited_for() -> None:
    async with house(seconds=0.1) as (shop, endpoint):
        mei = shop.customer("mei")
        for mood in ("slow", "drip"):
            endpoint.mood = mood
            await mei.says(UNSURE)
            mei.hears("都不是")
        assert counted(shop, "slow") == 2


async def test_off_by_default_and_nobody_at_the_address() -> None:
    for url in ("", "http://127.0.0.1:1/v1"):
        async with shop_with(Model(url=url)) as shop:
            mei = shop.customer("mei")
            await mei.says(UNSURE)
            mei.hears("都不是")
            assert counted(shop, "unreachable") == bool(url)


async def test_the_budget_is_kept_over_a_restart_and_renewed_at_midnight(tmp_path: Path) -> None:
    async with house(folder=tmp_path, contact_requests_per_day=2, requests_per_day=3) as (shop, _):
        mei, bo, han = (shop.customer(name) for name in ("mei", "bo", "han"))
        for _ in range(3):
            await mei.says(UNSURE)
        mei.hears("都不是")  # her third
        await bo.says(UNSURE)
        bo.hears("AI 生成")
    async with house(folder=tmp_path, contact_requests_per_day=2, requests_per_day=3) as (shop, it):
        han = shop.customer("han")
        await han.says(UNSURE)
        han.hears("都不是")  # the shop's fourth
        assert it.asked == []
        row = await Spending.get(contact_id=SHOP)
        assert (row.requests, row.tokens) == (3, 360)
        await shop.advance(hours=14)
        it.mood = "lies"
        await han.says(UNSURE)
        han.hears("AI 生成")
        row = await Spending.get(contact_id=SHOP, day=20261124)
        assert row.tokens > 500  # what was asked and said, when the server tells a lie


async def test_tokens_are_reserved_before_they_are_spent() -> None:
    async with house(tokens_per_day=700) as (shop, endpoint):
        mei = shop.customer("mei")
        await mei.says(UNSURE)
        mei.hears("都不是")
        assert endpoint.asked == []
        assert counted(shop, "budget") == 1


async def test_a_model_behind_the_faq_is_refused() -> None:
    with pytest.raises(Exception, match="'grounded' must stand before 'faq'"):
        async with shop_with(
            Model(url="http://127.0.0.1:1"), plugins=["handoff", "faq", "grounded"]
        ):
            pass
