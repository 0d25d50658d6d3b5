"""A shop with a model behind it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tortoise.transactions import in_transaction

from core.testing import Shop, open_shop
from plugins.faq.face import Entry, read, store
from tests.standins.model import KEY, Model

DATA = Path(__file__).parents[2] / "data"
PLUGINS = ["handoff", "complaints", "orders", "grounded", "faq"]
ENTRIES = read(DATA / "faq" / "shop_faq.yaml")
IN_USE = {"042", "043", "058", "063", "065", "067", "068", "070", "098"}
FEW = [entry for entry in ENTRIES if entry.id.removeprefix("shop-") in IN_USE]
UNSURE = "运费谁出"  # the matcher would show a menu
SEVERAL = "下单后多久发货？还有换货的运费谁承担？"


@asynccontextmanager
async def shop_with(
    model: Model,
    *,
    plugins: Sequence[str] = PLUGINS,
    entries: Sequence[Entry] = FEW,
    faq: Mapping[str, Any] | None = None,
    folder: Path | None = None,
    channels: Mapping[str, Mapping[str, Any]] | None = None,
    **own: Any,
) -> AsyncGenerator[Shop]:
    """A running shop with some of the demo's knowledge, and terms alone: they are faster."""
    grounded = {"url": model.url, "model": "m-1", "key": KEY, "seconds": 5.0, **own}
    tables = {"grounded": grounded, "faq": {"encoder": "none", **(faq or {})}}
    settings = {"plugins": tables}
    async with open_shop(
        plugins=plugins, settings=settings, folder=folder, channels=channels
    ) as shop:
        async with in_transaction("default"):
            await store(entries, shop.clock)
        shop.app.watch.soon()
        await shop.settle()
        yield shop


def counted(shop: Shop, outcome: str) -> float:
    """How often that came of it."""
    registry = shop.app.metrics.registry
    return registry.get_sample_value("xiaoer_grounded_total", {"outcome": outcome}) or 0.0
