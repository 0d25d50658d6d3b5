"""Bot, pool, servicer and back: who speaks, on both sides."""

from __future__ import annotations

from pathlib import Path

from core.cli.office import Desk
from core.store.models import Conversation
from core.testing import Shop
from plugins.handoff.commands import release_to_bot
from tests.adapters.wecom_kf.town import ECHO, WELCOME, caught_up, heard, said, town
from tests.standins.wecom import WeCom
from tests.standins.wecom_rules import BOT, ENDED, NEW, PERSON, POOL

WANTS = "转人工"
HANDOFF = ("handoff", ECHO)


async def say(shop: Shop, wecom: WeCom, words: str) -> list[str]:
    """What the customer hears when saying that."""
    before = len(wecom.sent)
    await wecom.says("wm1", words)
    await caught_up(shop, wecom)
    return [sent.text for sent in wecom.sent[before:]]


async def owner(shop: Shop) -> str:
    return (await shop.conversation("wkAccount/wm1", "kf")).owner


async def to_servicer(shop: Shop, wecom: WeCom) -> None:
    await say(shop, wecom, WANTS)
    await wecom.takes("wm1", "zhangsan")
    await caught_up(shop, wecom)


async def test_a_servicer_silences_the_bot_and_the_end_wakes_it() -> None:
    async with town(*HANDOFF, WELCOME) as (shop, wecom):
        assert await say(shop, wecom, "hello") == ["echo hello"]
        (queued,) = await say(shop, wecom, WANTS)
        assert queued
        assert (wecom.customer("wm1").state, await owner(shop)) == (POOL, "queue")

        await wecom.takes("wm1", "zhangsan")
        await caught_up(shop, wecom)
        assert await owner(shop) == "agent:zhangsan"
        assert await say(shop, wecom, "are you there?") == []
        await wecom.answers("wm1", "zhangsan", "I am")
        await caught_up(shop, wecom)
        row = (await heard())[-1]
        assert (row.text, row.author, row.state) == ("I am", "agent:zhangsan", "handled")
        assert row.context["sender"]["role"] == "staff"
        assert await say(shop, wecom, "thanks") == []

        before = len(wecom.sent)
        await wecom.ends("wm1")
        await caught_up(shop, wecom)
        assert [(s.text, bool(s.code)) for s in wecom.sent[before:]] == [("was it good?", True)]
        assert await owner(shop) == "bot"
        assert await say(shop, wecom, "hello again") == ["echo hello again"]
        told = [(e["before"], e["owner"]) for e in await shop.events("conversation.owner")]
        assert told == [("bot", "queue"), ("queue", "agent:zhangsan"), ("agent:zhangsan", "bot")]
        assert wecom.calls["service_state/trans"] == 1


async def test_in_the_pool_one_more_word_is_possible() -> None:
    async with town(*HANDOFF) as (shop, wecom):
        await say(shop, wecom, WANTS)
        await shop.advance(minutes=6)  # nobody has taken it: the plugin apologises
        assert [bool(sent.code) for sent in wecom.sent] == [False, True]
        assert [row.state for row in await said()] == ["sent", "sent"]


async def test_a_servicer_who_writes_first_takes_the_conversation() -> None:
    async with town(*HANDOFF) as (shop, wecom):
        await say(shop, wecom, "hello")
        await wecom.answers("wm1", "lisi", "let me")
        await caught_up(shop, wecom)
        assert await owner(shop) == "agent:lisi"
        assert await say(shop, wecom, "please") == []
        assert len(await said()) == 1


async def test_a_session_that_ends_without_a_word_gives_the_customer_back() -> None:
    async with town(*HANDOFF) as (shop, wecom):
        await to_servicer(shop, wecom)
        await shop.advance(hours=49)
        wecom.customer("wm1").state = ENDED  # the platform tells nobody
        assert await say(shop, wecom, "hello") == ["echo hello"]
        assert (wecom.customer("wm1").state, await owner(shop)) == (NEW, "bot")


async def test_what_was_said_to_a_person_is_not_answered_later() -> None:
    async with town(*HANDOFF) as (shop, wecom):
        await to_servicer(shop, wecom)
        question = wecom.entry("wm1", "text", {"content": "where is it?"})
        change = wecom.event("wm1", "session_status_change", change_type=3, msg_code="")
        wecom.customer("wm1").state = ENDED
        wecom.customer("wm1").writes(shop.clock.now())
        fresh = wecom.entry("wm1", "text", {"content": "hello"})
        before = len(wecom.sent)
        await wecom.tell(question, change, fresh)
        await caught_up(shop, wecom)
        assert [sent.text for sent in wecom.sent[before:]] == ["echo hello"]


async def test_nobody_serving_keeps_the_customer_here() -> None:
    async with town(*HANDOFF) as (shop, wecom):
        wecom.servicers = {"zhangsan": 1}
        await say(shop, wecom, WANTS)
        assert (wecom.customer("wm1").state, await owner(shop)) == (NEW, "queue")
        assert await shop.events("kf.nobody_serving") == [{"conversation": "wkAccount/wm1"}]


async def test_the_desk_mode_never_transfers() -> None:
    async with town(*HANDOFF, handoff="desk") as (shop, wecom):
        await say(shop, wecom, WANTS)
        assert (wecom.customer("wm1").state, await owner(shop)) == (NEW, "queue")
        assert wecom.calls["service_state/trans"] == 0


async def test_back_to_the_bot_ends_the_session_and_says_so_with_its_code() -> None:
    async with town(*HANDOFF) as (shop, wecom):
        await to_servicer(shop, wecom)
        wecom.customer("wm1").state = PERSON
        number = (await shop.conversation("wkAccount/wm1", "kf")).id
        before = len(wecom.sent)
        assert await release_to_bot(Desk(shop.app, "en"), number)
        await shop.advance(seconds=3)
        assert wecom.customer("wm1").state == ENDED
        assert [bool(sent.code) for sent in wecom.sent[before:]] == [True]
        assert await say(shop, wecom, "hello") == ["echo hello"]


async def test_a_refused_transfer_is_told_and_not_tried_again() -> None:
    async with town(*HANDOFF) as (shop, wecom):
        wecom.fail("service_state/trans", 95016, times=9)
        await say(shop, wecom, WANTS)
        await shop.advance(hours=1)
        assert wecom.calls["service_state/trans"] == 1
        (told,) = await shop.events("kf.handoff_failed")
        assert (told["reason"], told["state"]) == ("95016", NEW)


async def test_a_transfer_that_somebody_made_before_is_well() -> None:
    async with town(*HANDOFF) as (shop, wecom):
        await say(shop, wecom, "hello")
        wecom.customer("wm1").state = POOL
        wecom.fail("service_state/trans", 95016)
        await wecom.says("wm1", WANTS)
        await caught_up(shop, wecom)
        assert await shop.events("kf.handoff_failed") == []


async def test_95018_never_loops() -> None:
    async with town(ECHO) as (shop, wecom):
        await say(shop, wecom, "hello")
        wecom.customer("wm1").state = PERSON  # a servicer has it, and nobody has told us yet
        wecom.calls.clear()
        await say(shop, wecom, "and now?")
        await shop.advance(hours=40)
        row = (await said())[-1]
        assert (row.state, row.attempts, row.error) == ("failed", 2, f"95018:state-{PERSON}")
        assert (wecom.calls["send_msg"], wecom.calls["service_state/get"]) == (2, 2)


async def test_95018_after_the_end_waits_for_the_customer() -> None:
    async with town(ECHO) as (shop, wecom):
        await say(shop, wecom, "hello")
        wecom.calls.clear()
        await wecom.says("wm1", "one")
        wecom.customer("wm1").state = ENDED
        await caught_up(shop, wecom)
        await shop.advance(hours=1)
        (row,) = [row for row in await said() if row.state == "queued"]
        assert row.error.startswith("held:")
        calls = wecom.calls["send_msg"]
        assert calls == 2
        await shop.advance(hours=1)
        assert wecom.calls["send_msg"] == calls
        assert await say(shop, wecom, "two") == ["echo one", "echo two"]
        assert wecom.customer("wm1").state in {NEW, BOT}


async def test_a_crash_between_the_commit_and_the_platform_is_made_up_for(tmp_path: Path) -> None:
    wecom = WeCom()
    await wecom.start()
    async with town(ECHO, wecom=wecom, folder=tmp_path) as (shop, _):
        await say(shop, wecom, "hello")
        # As a kill leaves it: the change of hands is committed, the platform never heard of it.
        await Conversation.filter(external_id="wkAccount/wm1").update(owner="queue")
    assert wecom.customer("wm1").state == NEW
    async with town(ECHO, wecom=wecom, folder=tmp_path) as (shop, _):
        await caught_up(shop, wecom)
        assert wecom.customer("wm1").state == POOL
        await Conversation.filter(external_id="wkAccount/wm1").update(owner="bot")
    async with town(ECHO, wecom=wecom, folder=tmp_path) as (shop, _):
        await caught_up(shop, wecom)
        assert wecom.customer("wm1").state == ENDED
        assert wecom.calls["service_state/trans"] == 2
    async with town(ECHO, wecom=wecom, folder=tmp_path) as (shop, _):
        await caught_up(shop, wecom)
        assert wecom.calls["service_state/trans"] == 2
    await wecom.stop()
