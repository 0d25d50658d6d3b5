"""Several processes serve a live room: one of them is in it, and another when that one dies."""

from __future__ import annotations

import asyncio
from pathlib import Path

from core.clock import SystemClock
from tests.postgres.test_wecom_together import end, serve, settle
from tests.servers import Postgres
from tests.standins.bilibili import APP_ID, CODE, KEY_ID, SECRET, BilibiliStandIn

START = "http:/v2/app/start"


async def test_one_process_is_in_the_room_and_another_follows_when_it_is_killed(
    server: Postgres, tmp_path: Path
) -> None:
    async with BilibiliStandIn(SystemClock()) as room:
        account = {
            "adapter": "bilibili",
            "access_key_id": KEY_ID,
            "access_key_secret": SECRET,
            "app_id": APP_ID,
            "code": CODE,
            "api_base": room.base,
        }
        file = settle(tmp_path, await server.database(), live=account)
        first, _ = await serve(file)
        await room.until(lambda: room.count(START) == 1)
        second, _ = await serve(file)  # its address is told when its channels have started
        try:
            assert room.count(START) == 1
            first.kill()
            async with asyncio.timeout(20):
                await room.until(lambda: room.count(START) == 2)
        finally:
            await end(second)
