"""The loop: what forty customers asked in vain, the next is answered (S-018, S-024)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from core.effects import Effects, Post
from core.parts import Text
from core.store.commit import by_hand
from core.testing import Customer, Shop, open_shop
from plugins.faq.face import (
    Candidate,
    Entry,
    FaqSettings,
    KnowledgeBase,
    Regression,
    Unanswered,
    approve,
    board,
    candidates,
    check,
    gather,
    read,
    settle,
    store,
    take,
)
from plugins.faq.loop.transcripts import pairs, read_transcripts
from plugins.faq.models import LifeQuestion
from plugins.imports import BrokenFile

DATA = Path(__file__).parents[2] / "data" / "faq"
PLUGINS = ["handoff", "faq"]
SETTINGS = FaqSettings()
OLD = (DATA / "old_clothes.txt").read_text("utf-8").splitlines()
REPLY = "收的亲，洗干净寄到门店地址，每件抵 5 元券。"


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with open_shop(plugins=PLUGINS) as shop:
        async with in_transaction("default"):
            await store(read(DATA / "shop_faq.yaml"), shop.clock)
        await noticed(shop)
        yield shop


async def noticed(shop: Shop) -> None:
    shop.app.watch.soon()
    await shop.settle()


def base_of(shop: Shop) -> KnowledgeBase:
    return shop.app.registry.services[KnowledgeBase]


def effects_of(shop: Shop) -> Effects:
    return Effects(shop.clock, shop.app.texts, "zh_CN")


async def commit(shop: Shop, effects: Effects) -> None:
    await shop.app.commit.write(effects, by_hand())
    await noticed(shop)


async def gathered(shop: Shop, least: int = 2) -> list[Candidate]:
    effects = effects_of(shop)
    await gather(effects, shop.clock.now() - timedelta(days=30))
    await commit(shop, effects)
    return await candidates(base_of(shop), least)


async def asks(customer: Customer, text: str) -> None:
    """Ask, and say so when the answer is none."""
    await customer.says(text)
    heard = "".join(customer.replies)
    if "都不是" in heard:
        await customer.chooses("都不是")
    elif "没用" in heard:
        await customer.chooses("没用")


async def agent_says(shop: Shop, customer: str, text: str) -> None:
    effects, thread = effects_of(shop), await shop.conversation(customer)
    effects.post(Post((Text(text),), to=thread.id, author="agent:小棠"))
    await commit(shop, effects)


async def test_forty_ask_something_new_and_the_forty_first_is_answered(shop: Shop) -> None:
    for number, text in enumerate(OLD):
        await asks(shop.customer(f"c{number}"), text)
        await shop.advance(minutes=20)
    for number in (3, 8, 20):
        await agent_says(shop, f"c{number}", REPLY if number != 8 else "稍等")
    (candidate,) = await gathered(shop)
    assert candidate.count >= 38  # one or two say it like nobody else
    assert candidate.answer == REPLY
    assert set(candidate.sources) <= {"missed", "unhelpful"}
    effects = effects_of(shop)
    entry = await approve(effects, candidate, base_of(shop), SETTINGS, by="trainer")
    await commit(shop, effects)
    lan = shop.customer("lan")
    await lan.says("旧衣服你们还回收的吧")
    lan.hears("每件抵 5 元券")
    assert await gathered(shop) == []
    (effect,) = (await board(base_of(shop), entry_start(shop), shop.clock.now())).effects
    assert (effect.entry, effect.asked_before, effect.answered_after) == (
        entry.id,
        candidate.count,
        1,
    )
    thief = Entry(id="thief", question="旧衣服怎么洗？", answer="冷水。", similar=entry.tests)
    lost = [f for f in await check([thief], base_of(shop), SETTINGS) if f.kind == "lost"]
    assert {(f.entry, f.other) for f in lost} == {(entry.id, "thief")}


def entry_start(shop: Shop) -> Any:
    return shop.clock.now() - timedelta(days=30)


async def test_a_bad_answer_a_call_for_a_person_and_a_miss_are_gathered_once(shop: Shop) -> None:
    mei, bo, lan = shop.customer("mei"), shop.customer("bo"), shop.customer("lan")
    await mei.says("下单后多久发货")
    await mei.says("没用")
    await bo.says("优惠券怎么使用")
    await bo.says("人工")
    await lan.says("火星上的房价怎么样，打我电话 13800138000")
    for _ in range(2):
        await gathered(shop)
    rows = await LifeQuestion.all().order_by("id")
    assert [(row.source, row.blamed) for row in rows] == [
        ("unhelpful", "shop-042"),
        ("handoff", "shop-089"),
        ("missed", ""),
    ]
    assert "13800138000" not in rows[2].text
    await mei.says("下单后多久发货")
    await mei.says("有用")
    await lan.says("谢谢")
    assert await LifeQuestion.all().count() == 3


async def test_without_a_reply_of_people_an_answer_is_needed(shop: Shop) -> None:
    await asks(shop.customer("mei"), OLD[0])
    (candidate,) = await gathered(shop, 1)
    assert candidate.entry is None
    with pytest.raises(Unanswered):
        await approve(effects_of(shop), candidate, base_of(shop), SETTINGS)
    effects = effects_of(shop)
    await approve(
        effects, candidate, base_of(shop), SETTINGS, answer="收的。", question="收旧衣吗？"
    )
    await commit(shop, effects)
    await shop.customer("bo").says("收旧衣吗")
    assert any(post.startswith("收的。") for post in shop.posts("bo"))


async def test_wordings_can_go_to_an_entry_that_is_there_or_be_dismissed(shop: Shop) -> None:
    for number, text in enumerate(("你们那有没有闪光鼠标垫", "有没有会闪光的鼠标垫呀")):
        await asks(shop.customer(f"c{number}"), text)
    (candidate,) = await gathered(shop)
    base = base_of(shop)
    with pytest.raises(LookupError):
        await approve(effects_of(shop), candidate, base, SETTINGS, to="nobody")
    effects = effects_of(shop)
    await approve(effects, candidate, base, SETTINGS, to="shop-001")
    entry = Entry(id="a", question="q", answer="a", similar=(candidate.question,))
    await commit(shop, effects)
    with pytest.raises(Regression):
        await approve(effects_of(shop), candidate, base, SETTINGS, answer=entry.answer)
    assert candidate.question in (base.get("shop-001") or entry).similar
    await asks(shop.customer("mei"), "你会唱歌吗给我来一首")
    (song,) = await gathered(shop, 1)
    assert take([song], song.id) is song
    effects = effects_of(shop)
    settle(effects, song, None, shop.clock)
    await commit(shop, effects)
    assert await gathered(shop, 1) == []


async def test_chats_of_elsewhere_become_material(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "chats.csv"
    file.write_text(
        "conversation,role,text,at\n"
        "1,customer,你们回收旧衣服吗,2026-11-01T10:00:00\n"
        "1,agent,收的,\n1,agent,电话 13800138000,\n1,customer,好的,\n"
        "2,customer,旧衣服怎么寄给你们回收呀,\n2,bot,不知道,\n2,agent,收的亲,\n",
        "utf-8",
    )
    said = read_transcripts(file)
    for _ in range(2):
        effects = effects_of(shop)
        await gather(effects, None, pairs(said, shop.clock.now()))
        await commit(shop, effects)
    (candidate,) = await candidates(base_of(shop))
    assert (candidate.count, candidate.sources) == (2, {"transcript": 2})
    assert candidate.answer.startswith("收的")
    assert "13800138000" not in candidate.answer
    file.write_text("conversation,role,text\n1,boss,hi\n", "utf-8")
    with pytest.raises(BrokenFile, match=r"chats\.csv:2: role"):
        read_transcripts(file)


async def test_the_board_tells_what_is_used_stale_and_helpful(shop: Shop) -> None:
    old = Entry(id="old", question="双十一几点开始？", answer="八点。", owner="小棠")
    aged = old.model_copy(update={"review_by": shop.clock.now().date() - timedelta(days=1)})
    async with in_transaction("default"):
        await store([aged], shop.clock)
    await noticed(shop)
    mei = shop.customer("mei")
    await mei.says("下单后多久发货")
    await mei.says("有用")
    await mei.says("火星上的房价怎么样")
    found = await board(base_of(shop), entry_start(shop), shop.clock.now())
    assert (found.questions, found.answered, found.missed, found.coverage) == (2, 1, 1, 0.5)
    assert (found.useful, found.useless, found.accuracy) == (1, 0, 1.0)
    assert found.used == {"shop-042": 1}
    assert len(found.never_used) == 133
    assert [(s.entry, s.owner, s.reason) for s in found.stale] == [("old", "小棠", "review")]
