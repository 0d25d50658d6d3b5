"""The contract on the official account."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from core.testing import Shop
from tests.contract.adapter import NAME, AdapterContract, Stage
from tests.standins.wechat import WeChat

CUSTOMER = "oCustomer"


class TestWeChat(AdapterContract):
    adapter = "wechat"

    @pytest.fixture
    async def platform(self) -> AsyncGenerator[Stage]:
        wechat = WeChat()
        await wechat.start()
        yield Stage(wechat.settings(), CUSTOMER, standin=wechat)
        await wechat.stop()

    def wechat(self, stage: Stage, shop: Shop) -> WeChat:
        wechat: WeChat = stage.standin
        wechat.clock, wechat.hook = shop.clock, f"{shop.app.server.url}/hooks/{NAME}"
        return wechat

    async def hook(self, stage: Stage, shop: Shop) -> None: ...

    async def deliver(self, stage: Stage, shop: Shop, key: str) -> None:
        number = str(26_200_000_000_000_000 + int(key))
        delivery = await self.wechat(stage, shop).push_text(CUSTOMER, "hello", MsgId=number)
        assert delivery.answers[-1].status == 200

    async def allow(self, stage: Stage, shop: Shop) -> None:
        await self.deliver(stage, shop, "9")

    async def received(self, stage: Stage, shop: Shop) -> list[str]:
        return [sent.text for sent in self.wechat(stage, shop).sent]

    async def refuse_for_now(self, stage: Stage, shop: Shop) -> None:
        self.wechat(stage, shop).fail("send", -1)

    async def refuse_for_good(self, stage: Stage, shop: Shop) -> None:
        self.wechat(stage, shop).fail("send", 40003)

    async def hang(self, stage: Stage, shop: Shop) -> None:
        self.wechat(stage, shop).hang("send")

    async def drop_after_recording(self, stage: Stage, shop: Shop) -> None:
        self.wechat(stage, shop).drop("send")
