"""The contract on the test kit's own platform."""

from __future__ import annotations

import pytest

from core.adapter import Outcome, Receipt
from core.message import Inbound, Sender
from core.parts import Text
from core.testing import Shop
from tests.contract.adapter import NAME, AdapterContract, Stage


class TestMock(AdapterContract):
    adapter = "core.testing.mock:MockAdapter"

    @pytest.fixture
    def platform(self) -> Stage:
        return Stage({})

    async def deliver(self, stage: Stage, shop: Shop, key: str) -> None:
        said = Inbound(key, "Mei", Sender("Mei"), (Text("hello"),), shop.clock.now())
        await shop.channel(NAME).channel.accept([said])

    async def received(self, stage: Stage, shop: Shop) -> list[str]:
        return [message.text for message in shop.channel(NAME).sent]

    async def refuse_for_now(self, stage: Stage, shop: Shop) -> None:
        shop.channel(NAME).outcomes.append(Receipt(Outcome.RETRY, "busy"))

    async def refuse_for_good(self, stage: Stage, shop: Shop) -> None:
        shop.channel(NAME).outcomes.append(Receipt(Outcome.FINAL, "blocked"))

    async def drop_after_recording(self, stage: Stage, shop: Shop) -> None:
        shop.channel(NAME).outcomes.append(Receipt(Outcome.UNKNOWN, "dropped"))

    async def hang(self, stage: Stage, shop: Shop) -> None:
        import asyncio

        shop.channel(NAME).gate = asyncio.Event()


class TestSilent(AdapterContract):
    adapter = "core.testing.mock:MockAdapter"

    @pytest.fixture
    def platform(self) -> Stage:
        return Stage({})


def test_tests_that_do_not_apply_do_not_exist() -> None:
    assert TestSilent.test_a_healthy_platform_takes_it_once is None
    assert callable(TestMock.test_a_healthy_platform_takes_it_once)
