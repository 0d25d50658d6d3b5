"""Grievance that no single message tells."""

import pytest

from core.cli.office import Desk
from core.testing import Shop, open_shop
from plugins.complaints.models import Complaint
from plugins.complaints.patience import nudges, promises
from plugins.handoff.commands import release_to_bot, reply_as

PLUGINS = ["handoff", "complaints"]
PLAIN = {"plugins": {"faq": {"encoder": "none"}}}


async def answered(shop: Shop, name: str, words: str) -> None:
    """A person answers and gives the chat back to the bot."""
    conversation, desk = await shop.conversation(name), Desk(shop.app, "zh_CN")
    await reply_as(desk, conversation.id, words, "ming")
    await shop.settle()
    await release_to_bot(desk, conversation.id)
    await shop.settle()


async def test_the_third_anybody_there_is_a_complaint() -> None:
    async with open_shop(plugins=PLUGINS) as shop:
        mei = shop.customer("Mei")
        for text in ("在吗", "请问有人吗？", "我的快递到哪了"):
            await mei.says(text)
            await shop.advance(minutes=5)
        assert not await Complaint.exists()
        await mei.says("人呢")
        assert (await Complaint.get()).severity == 2
        mei.hears("对不起")
        assert (await shop.conversation("Mei")).owner == "queue"
        await mei.says("在吗")  # known: nothing is opened twice
        assert await Complaint.all().count() == 1


async def test_sighs_without_one_hard_word_are_a_complaint_in_the_end() -> None:
    async with open_shop(plugins=[*PLUGINS, "faq"], settings=PLAIN) as shop:
        mei = shop.customer("Mei")
        await mei.says("唉，等的花儿都谢了")
        mei.hears("真不好意思")  # and not that nobody has taught the bot this
        await shop.advance(minutes=5)
        await mei.says("我的包裹怎么还没到")
        assert not await Complaint.exists()
        await shop.advance(minutes=5)
        await mei.says("真是等得没脾气了")
        assert (await Complaint.get()).severity == 2
        assert (await shop.conversation("Mei")).owner == "queue"


async def test_greetings_of_a_whole_day_are_none() -> None:
    async with open_shop(plugins=PLUGINS) as shop:
        mei = shop.customer("Mei")
        for _ in range(4):
            await mei.says("在吗")
            await shop.advance(hours=2)
        assert not await Complaint.exists()


async def test_a_person_s_answer_begins_the_count_anew() -> None:
    async with open_shop(plugins=PLUGINS) as shop:
        mei = shop.customer("Mei")
        await mei.says("怎么还没发货")
        await mei.says("在吗")
        await answered(shop, "Mei", "已经发出了，单号在订单页")
        await mei.says("在吗")
        assert not await Complaint.exists()


async def test_a_promise_that_nobody_kept() -> None:
    async with open_shop(plugins=PLUGINS) as shop:
        mei = shop.customer("Mei")
        await mei.says("我的退款到哪一步了")
        await answered(shop, "Mei", "我帮您问一下财务，十分钟内回复您")
        await shop.advance(minutes=12)
        await mei.says("在吗")
        assert not await Complaint.exists()
        await shop.advance(minutes=20)
        await mei.says("有消息了吗")
        assert (await Complaint.get()).kind == "attitude"


@pytest.mark.parametrize(
    "text", ["在吗", "亲，在不在？", "还没发货吗", "催一下", "???", "不是说今天到吗", "any news?"]
)
def test_a_nudge(text: str) -> None:
    assert nudges(text)


@pytest.mark.parametrize("text", ["还有黑色吗", "怎么不能用券", "谢谢", "现在拍几天到"])
def test_no_nudge(text: str) -> None:
    assert not nudges(text)


def test_a_promise() -> None:
    assert promises("我这就去仓库查，稍后回复您")
    assert promises("we'll get back to you")
    assert not promises("已经给您退款了，请查收")
