"""The contract on a self-built app in WeCom."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from core.testing import Shop
from tests.contract.adapter import NAME, AdapterContract, Stage
from tests.standins.wecom_app import WeComApp


class TestWeCom(AdapterContract):
    adapter = "wecom"

    @pytest.fixture
    async def platform(self) -> AsyncGenerator[Stage]:
        wecom = WeComApp()
        await wecom.start()
        yield Stage(wecom.settings(), "zhangsan", standin=wecom)
        await wecom.stop()

    def wecom(self, stage: Stage, shop: Shop) -> WeComApp:
        wecom: WeComApp = stage.standin
        wecom.clock, wecom.hook = shop.clock, f"{shop.app.server.url}/hooks/{NAME}"
        return wecom

    async def hook(self, stage: Stage, shop: Shop) -> None: ...

    async def deliver(self, stage: Stage, shop: Shop, key: str) -> None:
        answer = await self.wecom(stage, shop).writes("zhangsan", "hello", MsgId=key)
        assert (answer.status, answer.body) == (200, "")

    async def received(self, stage: Stage, shop: Shop) -> list[str]:
        return [shown.text for shown in self.wecom(stage, shop).shown]

    async def refuse_for_now(self, stage: Stage, shop: Shop) -> None:
        self.wecom(stage, shop).fail("message/send", -1)

    async def refuse_for_good(self, stage: Stage, shop: Shop) -> None:
        self.wecom(stage, shop).fail("message/send", 81013)

    async def hang(self, stage: Stage, shop: Shop) -> None:
        self.wecom(stage, shop).hang("message/send")

    async def drop_after_recording(self, stage: Stage, shop: Shop) -> None:
        self.wecom(stage, shop).drop("message/send")
