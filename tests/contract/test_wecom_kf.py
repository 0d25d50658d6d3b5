"""The contract on customer service in WeCom."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from core.testing import Shop
from tests.adapters.wecom_kf.town import caught_up
from tests.contract.adapter import NAME, AdapterContract, Stage
from tests.standins.wecom import WeCom

CUSTOMER = "wmCustomer"


class TestWeComKf(AdapterContract):
    adapter = "wecom_kf"

    @pytest.fixture
    async def platform(self) -> AsyncGenerator[Stage]:
        wecom = WeCom()
        await wecom.start()
        yield Stage(wecom.settings(), f"{wecom.account}/{CUSTOMER}", standin=wecom)
        await wecom.stop()

    def wecom(self, stage: Stage, shop: Shop) -> WeCom:
        wecom: WeCom = stage.standin
        wecom.clock, wecom.hook = shop.clock, f"{shop.app.server.url}/hooks/{NAME}"
        return wecom

    async def hook(self, stage: Stage, shop: Shop) -> None: ...

    async def deliver(self, stage: Stage, shop: Shop, key: str) -> None:
        wecom = self.wecom(stage, shop)
        answer = await wecom.says(CUSTOMER, "hello", msgid=f"kf-{key}")
        assert (answer.status, answer.body) == (200, "")
        await caught_up(shop, wecom, NAME)

    async def allow(self, stage: Stage, shop: Shop) -> None:
        await self.deliver(stage, shop, "9")

    async def received(self, stage: Stage, shop: Shop) -> list[str]:
        return [sent.text for sent in self.wecom(stage, shop).sent]

    async def refuse_for_now(self, stage: Stage, shop: Shop) -> None:
        self.wecom(stage, shop).fail("send_msg", -1)

    async def refuse_for_good(self, stage: Stage, shop: Shop) -> None:
        self.wecom(stage, shop).fail("send_msg", 40096)

    async def hang(self, stage: Stage, shop: Shop) -> None:
        self.wecom(stage, shop).hang("send_msg")

    async def drop_after_recording(self, stage: Stage, shop: Shop) -> None:
        self.wecom(stage, shop).drop("send_msg")
