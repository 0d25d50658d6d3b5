"""Staff act from the command line, beside a running shop."""

import json
from pathlib import Path

import pytest

from core.cli.office import Desk
from core.cli.problems import Refusal
from core.store.models import Message
from core.testing import Shop, open_shop
from plugins.handoff.commands import release_to_bot, reply_as, waiting


def desk_of(shop: Shop) -> Desk:
    return Desk(shop.app, "zh_CN")


async def test_reply_makes_the_agent_owner_and_release_gives_back(tmp_path: Path) -> None:
    async with open_shop(plugins=["handoff"], folder=tmp_path) as shop:
        mei = shop.customer("Mei")
        await mei.says("人工")
        conversation = await shop.conversation("Mei")
        assert [row["owner"] for row in await waiting()] == ["queue"]
        await reply_as(desk_of(shop), conversation.id, "我是小棠，马上帮您看", "xiaotang")
        await shop.settle()
        mei.hears("小棠")
        assert (
            await Message.filter(direction="out").order_by("-id").first()
        ).author == "agent:xiaotang"  # type: ignore[union-attr]
        assert (await waiting())[0]["owner"] == "agent:xiaotang"
        await mei.says("人工")  # the person sees it; the bot is silent
        mei.hears_nothing()
        await shop.advance(hours=1)  # the clock of the queue was stopped
        mei.hears_nothing()
        assert await release_to_bot(desk_of(shop), conversation.id)
        await shop.settle()
        mei.hears("由我继续")
        assert not await release_to_bot(desk_of(shop), conversation.id)
        assert json.dumps(await waiting()) == "[]"


async def test_what_cannot_be_done_is_refused_in_words() -> None:
    async with open_shop(plugins=["handoff"]) as shop:
        desk = desk_of(shop)
        with pytest.raises(Refusal, match="99"):
            await reply_as(desk, 99, "hi", "a")
        await shop.member("Li", "g").says("人工")
        group = await shop.conversation("g")
        with pytest.raises(Refusal):
            await reply_as(desk, group.id, "hi", "a")
        with pytest.raises(Refusal):
            await reply_as(desk, group.id, "  ", "a")
