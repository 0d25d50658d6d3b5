"""The channel in a whole house: every frame of the vectors, a dropped line, one ledger row each."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from core.clock import TestClock
from core.store.models import Message
from core.testing import START, open_shop
from tests.adapters.bilibili.recorder import settle
from tests.standins.bilibili import APP_ID, CODE, KEY_ID, SECRET, BilibiliStandIn

FRAMES = Path(__file__).parents[2] / "data" / "bilibili" / "bilibili_frames.json"


async def test_a_dropped_line_comes_back_and_comments_reach_the_ledger_once() -> None:
    cases = json.loads(FRAMES.read_text("utf-8"))["cases"]
    decoded = [case for case in cases if case["op"] == "bili.frame.decode"]
    packets = [packet for case in decoded for packet in case["expect"]["packets"]]
    wanted = {packet["json"]["data"]["msg_id"] for packet in packets if packet["op"] == 5}
    async with BilibiliStandIn(TestClock(START)) as standin:
        channel = {
            "adapter": "adapters.bilibili.adapter:BilibiliAdapter",
            "access_key_id": KEY_ID,
            "access_key_secret": SECRET,
            "app_id": APP_ID,
            "code": CODE,
            "api_base": standin.base,
        }
        async with open_shop(channels={"live": channel}) as shop:
            standin.clock = shop.clock
            for lines in (1, 2):
                await standin.until(lambda lines=lines: standin.count("ws:send") == 2 * lines)
                for case in decoded:
                    if not any(packet["op"] == 8 for packet in case["expect"]["packets"]):
                        await standin.push_raw(base64.b64decode(case["input"]["message_b64"]))
                await settle()
                await shop.settle()
                if lines == 1:
                    await standin.drop()
                    await settle()
                    await shop.advance(seconds=2)

            keys = await Message.filter(channel="live").values_list("key", flat=True)
            assert sorted(map(str, keys)) == sorted(wanted)
            assert await shop.balance() == {"handled": len(wanted)}
            assert len(await shop.events("line_lost")) == 1
            assert len(await shop.events("line_back")) == 1
        assert standin.acts[-1].kind == "http:/v2/app/end"
