"""The contract on the shop's own chat page."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from types import SimpleNamespace

import pytest

from core.testing import Shop
from tests.adapters.webchat.visitor import visit
from tests.contract.adapter import NAME, AdapterContract, Stage


class TestWebChat(AdapterContract):
    adapter = "webchat"

    @pytest.fixture
    async def platform(self) -> AsyncGenerator[Stage]:
        yield Stage({}, extra={"token": ""})

    async def deliver(self, stage: Stage, shop: Shop, key: str) -> None:
        place = SimpleNamespace(url=f"{shop.app.server.url}/chat/{NAME}")
        async with visit(place, token=stage.extra["token"]) as visitor:
            stage.extra["token"] = visitor.token
            assert (await visitor.say("hello", f"client-{key:0>4}"))["type"] == "accepted"
