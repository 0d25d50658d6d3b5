"""A replayed room in a whole house: every comment is accounted for, also across a restart."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from core.store.models import Message
from core.testing import Shop, open_shop

SAMPLE = Path(__file__).parents[2] / "data" / "replay" / "live_comments_sample.jsonl"
ROOM = {
    "adapter": "adapters.replay.adapter:ReplayAdapter",
    "file": str(SAMPLE),
    "speed": 100,
    "live": {"waiting": 0},
}


async def rolling(shop: Shop) -> None:
    """Until the player has found its place in the file and waits for the next comment's time."""
    soon = shop.clock.now() + timedelta(minutes=1)
    async with asyncio.timeout(20):
        while (wake := shop.clock.next_wake()) is None or wake > soon:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.001)


async def count(shop: Shop) -> int:
    await shop.settle()
    return await Message.filter(channel="live", direction="in").count()


async def test_the_sample_at_a_hundred_times_is_accounted_for_across_a_restart(
    tmp_path: Path,
) -> None:
    async with open_shop(channels={"live": ROOM}, folder=tmp_path) as shop:
        await rolling(shop)
        await shop.advance(seconds=15)
        assert 800 < await count(shop) < 2000

    async with open_shop(channels={"live": ROOM}, folder=tmp_path) as shop:
        await rolling(shop)
        await shop.advance(seconds=35)
        assert await count(shop) == 2600
        assert await shop.balance() == {"handled": 2600}
