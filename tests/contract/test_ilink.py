"""The contract on a bot of personal WeChat."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from core.testing import Shop
from tests.adapters.ilink.home import caught_up
from tests.contract.adapter import NAME, AdapterContract, Stage
from tests.standins.ilink import ILink

OWNER = "owner@im.wechat"


class TestILink(AdapterContract):
    adapter = "ilink"

    @pytest.fixture
    async def platform(self) -> AsyncGenerator[Stage]:
        ilink = ILink()
        await ilink.start()
        settings = {"bot_token": ilink.token, "api_base": ilink.url}
        yield Stage(settings, OWNER, standin=ilink)
        await ilink.stop()

    def ilink(self, stage: Stage, shop: Shop) -> ILink:
        ilink: ILink = stage.standin
        ilink.clock = shop.clock
        return ilink

    async def deliver(self, stage: Stage, shop: Shop, key: str) -> None:
        ilink = self.ilink(stage, shop)
        ilink.says(OWNER, "hello", message_id=int(key))
        await caught_up(shop, ilink, NAME)

    async def allow(self, stage: Stage, shop: Shop) -> None:
        await self.deliver(stage, shop, "9")

    async def received(self, stage: Stage, shop: Shop) -> list[str]:
        sent = self.ilink(stage, shop).sent
        return [message["item_list"][0]["text_item"]["text"] for message in sent]

    async def refuse_for_now(self, stage: Stage, shop: Shop) -> None:
        self.ilink(stage, shop).behaviour = -2

    async def refuse_for_good(self, stage: Stage, shop: Shop) -> None:
        self.ilink(stage, shop).behaviour = -7

    async def hang(self, stage: Stage, shop: Shop) -> None:
        self.ilink(stage, shop).behaviour = "hang"

    async def drop_after_recording(self, stage: Stage, shop: Shop) -> None:
        self.ilink(stage, shop).behaviour = "drop"
