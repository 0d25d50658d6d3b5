"""When a person is called, who goes first, and who it shall be: the shop's own rules at work."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from core.effects import Effects
from core.store.commit import by_hand
from core.testing import Shop, open_shop
from plugins.handoff.face import Seat, Triage, set_skills
from plugins.handoff.rules import TRIGGERS
from plugins.handoff.settings import HandoffSettings
from tests.plugins.handoff.test_assignment_story import be, owners

ADVICE = {"reason": "advice", "words": ["帮我搭配"]}
ANGER = {"reason": "emotion", "words": ["必须解决"], "level": 3, "points": 20}
SCOPE = {"reason": "超纲", "words": ["贷款"]}
SHIPPED = [trigger.model_dump(exclude_defaults=True) for trigger in TRIGGERS]
QUALITY = {"skill": "质检", "topics": ["quality"]}
DOWN = {"skill": "羽绒", "words": ["羽绒服"]}


def shop_with(*plugins: str, **settings: Any) -> Any:
    return open_shop(plugins=["handoff", *plugins], settings={"plugins": {"handoff": settings}})


async def learns(shop: Shop, login: str, *skills: str) -> None:
    effects = Effects(shop.clock, shop.app.texts, "zh_CN")
    set_skills(effects, Seat(login, f"小{login}", 2), skills)
    await shop.app.commit.write(effects, by_hand())
    await shop.settle()


async def test_words_of_the_shop_call_a_person_and_weigh_what_they_are_worth() -> None:
    async with shop_with(triggers=[ADVICE, ANGER, SCOPE], policy="manual") as shop:
        for name, said in (("Mei", "帮我搭配一套秋装"), ("Bo", "今天必须解决"), ("An", "能贷款吗")):
            await shop.customer(name).says(said)
        reasons = [event["reason"] for event in await shop.events("handoff.requested")]
        assert reasons == ["advice", "emotion", "超纲"]
        await shop.customer("Li").says("不用帮忙搭配")
        assert await owners(shop, "Li") == ["bot"]
        await be(shop, "li", "online")
        found = [row.points for row in await shop.app.registry.services[Triage].order(_none(shop))]
        assert found == [50, 0, 0]  # twenty for the words, ten for each level of feelings


async def test_a_valued_customer_has_a_person_at_the_first_miss_and_goes_first() -> None:
    plain = {"faq": {"encoder": "none"}}
    async with open_shop(plugins=["handoff", "faq"], settings={"plugins": plain}) as shop:
        triage = shop.app.registry.services[Triage]
        await shop.customer("Plain").says("人工")
        vip = shop.customer("Vip")
        await vip.says("你好")
        known = (await shop.conversation("Vip")).contact_id

        async def tier_of(contact: int) -> int:
            return 3 if contact == known else 0

        triage.tier_of = tier_of
        await vip.says("鲸鱼几点开门营业啊")
        assert await owners(shop, "Plain", "Vip") == ["queue", "queue"]
        await be(shop, "li", "online", capacity=1)
        assert await owners(shop, "Plain", "Vip") == ["queue", "agent:li"]


async def test_somebody_with_the_skill_is_found_and_after_a_while_anybody() -> None:
    async with shop_with("complaints", skills=[QUALITY, DOWN], skill_minutes=5) as shop:
        await be(shop, "li", "online")
        await shop.customer("Mei").says("太生气了，质量这么差，我要投诉你们")
        await shop.customer("Bo").says("人工")
        assert await owners(shop, "Mei", "Bo") == ["queue", "agent:li"]  # nobody waits behind
        await learns(shop, "wang", "质检")
        await be(shop, "wang", "online")
        assert await owners(shop, "Mei") == ["agent:wang"]
        taken = (await shop.events("conversation.owner"))[-1]
        assert (taken["policy"], taken["skill"]) == ("least_busy", "质检")
        an = shop.customer("An")
        await an.says("我想问羽绒服的事")
        await an.says("人工")
        assert await owners(shop, "An") == ["queue"]
        await shop.advance(minutes=5)
        assert (await owners(shop, "An"))[0].startswith("agent:")


async def test_angrier_words_in_the_queue_bring_somebody_forward() -> None:
    async with shop_with("complaints", policy="manual") as shop:
        await shop.customer("First").says("人工")
        await shop.advance(minutes=5)
        second = shop.customer("Second")
        await second.says("人工")
        await second.says("太生气了，你们这是欺诈，我要投诉")
        order = await shop.app.registry.services[Triage].order(_none(shop))
        assert order[0].conversation_id == (await shop.conversation("Second")).id


async def test_what_is_left_at_night_is_noted_once_and_read_out_in_the_morning() -> None:
    room = {"channel": "shop", "conversation": "staff", "kind": "group"}
    hours = {"opens": "09:00", "closes": "18:00", "off": ["2026-11-24"]}
    async with shop_with(hours=hours, staff=room, policy="manual") as shop:
        await shop.advance(hours=9)  # seven in the evening; tomorrow is a holiday
        mei = shop.customer("Mei")
        await mei.says("人工")
        mei.hears("下班")
        await mei.says("订单 20261120001 的袖子开线了")
        mei.hears("都记下了，2026/11/25")
        await mei.says("希望换一件")
        assert len([text for text in shop.posts("Mei") if "都记下了" in text]) == 1
        await shop.advance(hours=30)
        assert not any("开线" in text for text in shop.posts("staff"))
        await shop.advance(hours=9)
        assert "袖子开线了\n希望换一件" in next(t for t in shop.posts("staff") if "留言" in t)


@pytest.mark.parametrize(
    "wrong",
    [
        {"triggers": [{"reason": "emotion", "words": [""]}]},
        {"triggers": [{"reason": "value", "value": 4}]},
        {"triggers": [{"words": ["贷款"]}]},
        {"skills": [{"skill": "质检"}]},
    ],
)
def test_rules_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HandoffSettings.model_validate(wrong)


def test_the_rules_that_ship_can_be_written_as_settings() -> None:
    assert HandoffSettings.model_validate({"triggers": SHIPPED}).triggers == TRIGGERS


def _none(shop: Shop) -> Effects:
    return Effects(shop.clock, shop.app.texts, "zh_CN")
