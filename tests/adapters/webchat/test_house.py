"""The page and the real core together: nothing here is a stand-in but time."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from core.store.models import Message
from core.testing import Shop, open_shop
from tests.adapters.webchat.visitor import visit

PLUGIN = "tests.adapters.webchat.echo:plugin"
CHANNELS = {"webchat": {"adapter": "webchat"}}


@dataclass
class House:
    shop: Shop

    @property
    def url(self) -> str:
        return f"{self.shop.app.server.url}/chat/webchat"


@asynccontextmanager
async def open_house() -> AsyncGenerator[House]:
    async with open_shop(plugins=[PLUGIN], channels=CHANNELS) as shop:
        yield House(shop)


async def test_a_question_gets_its_answer_and_its_receipts() -> None:
    async with open_house() as house:
        async with visit(house) as visitor:
            await visitor.say("hello", "client-a")
            await visitor.say("hello", "client-a")
            await house.shop.settle()
            if not visitor.items:
                await visitor.frame("items")
            await visitor.send("seen", id=visitor.items[0]["id"])
            await visitor.send("sync", after=0)
            await visitor.frame("synced")
        rows = await Message.all().order_by("id").values_list("direction", "text", "state")

    assert visitor.texts[0] == "echo: hello"
    assert rows == [("in", "hello", "handled"), ("out", "echo: hello", "read")]


async def test_a_reload_brings_the_conversation_back() -> None:
    async with open_house() as house:
        async with visit(house) as visitor:
            await visitor.say("one", "client-a")
        await house.shop.settle()
        async with visit(house, visitor.token) as again:
            pass

    assert again.texts == ["one", "echo: one"]
    assert [item["mine"] for item in again.items] == [True, False]
    assert again.items[0]["key"] == "client-a"
