"""The example adapter of ``docs/write-an-adapter.md`` under the contract of all adapters."""

from collections.abc import AsyncGenerator

import pytest

from core.testing import Shop
from tests.contract.adapter import NAME, AdapterContract, Stage
from tests.docs.pigeon_house import SECRET, TOKEN, PigeonHouse


class TestPigeon(AdapterContract):
    adapter = "docs.examples.pigeon.adapter:PigeonAdapter"

    @pytest.fixture
    async def platform(self) -> AsyncGenerator[Stage]:
        async with PigeonHouse().open() as house:
            settings = {"token": TOKEN, "secret": SECRET, "api_base": house.base}
            yield Stage(settings, "mei", standin=house)

    def house(self, stage: Stage) -> PigeonHouse:
        house: PigeonHouse = stage.standin
        return house

    async def knock(self, stage: Stage, shop: Shop, key: str, secret: str = SECRET) -> int:
        hook = f"{shop.app.server.url}/hooks/{NAME}"
        return await self.house(stage).deliver(hook, shop.clock, key, "hello", secret)

    async def hook(self, stage: Stage, shop: Shop) -> None: ...

    async def deliver(self, stage: Stage, shop: Shop, key: str) -> None:
        assert await self.knock(stage, shop, key) == 200

    async def received(self, stage: Stage, shop: Shop) -> list[str]:
        return list(self.house(stage).shown.values())

    async def refuse_for_now(self, stage: Stage, shop: Shop) -> None:
        self.house(stage).mood = 429

    async def refuse_for_good(self, stage: Stage, shop: Shop) -> None:
        self.house(stage).mood = 404

    async def hang(self, stage: Stage, shop: Shop) -> None:
        self.house(stage).mood = "hang"

    async def drop_after_recording(self, stage: Stage, shop: Shop) -> None:
        self.house(stage).mood = "drop"

    async def test_a_forged_delivery_is_refused(self, stage: Stage, shop: Shop) -> None:
        assert await self.knock(stage, shop, "1", secret="guessed") == 403
