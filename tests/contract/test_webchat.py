"""The contract on the shop's own chat page."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from core.testing import Shop
from tests.adapters.webchat.visitor import visit
from tests.contract.adapter import NAME, AdapterContract, Stage


@dataclass
class Page:
    url: str


class TestWebChat(AdapterContract):
    adapter = "webchat"

    @pytest.fixture
    def platform(self) -> Stage:
        return Stage({}, extra={"token": ""})

    async def deliver(self, stage: Stage, shop: Shop, key: str) -> None:
        place = Page(f"{shop.app.server.url}/chat/{NAME}")
        async with visit(place, token=stage.extra["token"]) as visitor:
            stage.extra["token"] = visitor.token
            assert (await visitor.say("hello", f"client-{key:0>4}"))["type"] == "accepted"
