"""Whose a conversation is, where the platform has people of its own; and an adapter's notes."""

from __future__ import annotations

from typing import Any

import pytest

from core.adapter import Adapter, Capabilities, Receipt
from core.message import Inbound, Outbound, Sender
from core.parts import Text
from core.plugin import Plugin
from core.store.models import Message
from core.testing import Shop, open_shop
from core.turn import Turn
from tests.core.stage import cast, echo

NAME = "desk"


class PeopledAdapter(Adapter):
    """A platform with people of its own."""

    capabilities = Capabilities(as_of="2026-11-21")

    def __init__(self, settings: Any, channel: Any) -> None:
        super().__init__(settings, channel)
        self.owned: list[tuple[str, str]] = []

    async def own(self, conversation: str, owner: str) -> None:
        self.owned.append((conversation, owner))

    async def send(self, message: Outbound) -> Receipt:
        return Receipt.accepted()


giver = Plugin("giver")


@giver.on(exact="person")
async def give(turn: Turn) -> None:
    turn.hand_over("queue")


def peopled(shop: Shop) -> tuple[PeopledAdapter, Any]:
    line = shop.app.lines.get(NAME)
    assert line is not None
    assert isinstance(line.adapter, PeopledAdapter)
    return line.adapter, line


@pytest.fixture
def options() -> dict[str, Any]:
    plugins = [cast(giver), cast(echo())]
    return {"plugins": plugins, "channels": {NAME: {"adapter": f"{__name__}:PeopledAdapter"}}}


async def hear(shop: Shop, key: str, text: str, owner: str = "") -> list[str]:
    adapter, line = peopled(shop)
    now = shop.clock.now()
    await adapter.channel.accept(
        [Inbound(key, "c1", Sender("c1"), (Text(text),), now, owner=owner)]
    )
    await shop.settle()
    rows = await Message.filter(direction="out", channel=line.name).order_by("id")
    return [row.text for row in rows]


async def test_the_platform_says_whose_it_is(options: dict[str, Any]) -> None:
    async with open_shop(**options) as shop:
        assert await hear(shop, "1", "one") == ["one"]
        assert await hear(shop, "2", "two", "agent:li") == ["one"]
        assert await hear(shop, "3", "three") == ["one"]
        assert (await shop.conversation("c1", NAME)).owner == "agent:li"
        assert await hear(shop, "4", "four", "bot") == ["one", "four"]
        changes = await shop.events("conversation.owner")
        assert [(c["before"], c["owner"], c["by"]) for c in changes] == [
            ("bot", "agent:li", "platform"),
            ("agent:li", "bot", "platform"),
        ]
        assert peopled(shop)[0].owned == [], "it knows what it has said itself"


async def test_the_platform_is_told_of_our_changes(options: dict[str, Any]) -> None:
    async with open_shop(**options) as shop:
        await hear(shop, "1", "person")
        assert peopled(shop)[0].owned == [("c1", "queue")]


async def test_notes_are_kept(options: dict[str, Any]) -> None:
    async with open_shop(**options) as shop:
        _, line = peopled(shop)
        assert await line.recall("cursor") == ""
        await line.remember("cursor", "7")
        await line.remember("cursor", "8")
        await line.remember("other", "1")
        assert await line.recall("cursor") == "8"


async def test_a_message_that_reached_nobody_after_all(options: dict[str, Any]) -> None:
    async with open_shop(**options) as shop:
        await hear(shop, "1", "one")
        row = await Message.get(direction="out", channel=NAME)
        _, line = peopled(shop)
        for _ in range(2):
            await line.mark(row.id, "failed", "refused-by-customer")
        row = await Message.get(id=row.id)
        assert (row.state, row.error) == ("failed", "refused-by-customer")
        assert await shop.events("message.undeliverable") == [{"reason": "refused-by-customer"}]
        await line.mark(row.id, "delivered")
        assert (await Message.get(id=row.id)).state == "failed"
