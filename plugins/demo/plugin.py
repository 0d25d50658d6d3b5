"""The demo shop: what ``xiaoer run`` opens when there is no settings file.

Brings knowledge and orders on the first start, and a courier of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.resources import files

import aiohttp
from pydantic import SecretStr
from tortoise.transactions import in_transaction

from core.clock import Clock
from core.plugin import Plugin
from core.settings import Settings
from core.texts import Texts
from plugins.demo import keys
from plugins.demo.courier import CUSTOMER, KEY, local_courier
from plugins.faq import face as faq
from plugins.faq.face import KnowledgeBase
from plugins.orders import face as orders
from plugins.orders.face import CourierDesk, CourierSettings, Kuaidi100

plugin = Plugin("demo", requires=("faq", "orders", "console"), package="plugins.demo")


@dataclass(frozen=True, slots=True)
class DemoShop:
    """The open demo; ``courier`` is the address of its own courier."""

    courier: str


@plugin.provides
async def shop(
    clock: Clock, base: KnowledgeBase, desk: CourierDesk, texts: Texts, settings: Settings
) -> AsyncIterator[DemoShop]:
    """Stock the shelves once, open the desk's door, and let the local courier answer."""
    await stock(clock)
    name = texts.render("demo.keeper", settings.shop.locale)
    await keys.cut(settings.data, name, clock.now())
    await base.load()
    async with local_courier(clock) as address, aiohttp.ClientSession() as session:
        courier = CourierSettings(
            provider="kuaidi100", api_base=address, customer=CUSTOMER, key=SecretStr(KEY)
        )
        back = desk.use(Kuaidi100(session, courier))
        try:
            yield DemoShop(address)
        finally:
            back()


async def stock(clock: Clock) -> None:
    """Import the demo's knowledge and orders where the tables are empty."""
    here = files("plugins.demo")
    async with in_transaction("default"):
        if not await faq.KnowledgeEntry.exists():
            text = here.joinpath("knowledge.yaml").read_text(encoding="utf-8")
            await faq.store(faq.parse(text, ".yaml", "knowledge.yaml"), clock)
        if not await orders.OrderRow.exists():
            text = here.joinpath("orders.json").read_text(encoding="utf-8")
            await orders.store(orders.parse(text, ".json", "orders.json"), clock)
