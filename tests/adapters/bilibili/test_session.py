"""The stay in a room, against the stand-in: gaps, refusals, bad input, and leaving."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.bilibili.adapter import BilibiliAdapter
from adapters.bilibili.frames import encode
from core.clock import TestClock
from tests.adapters.bilibili.recorder import START, RecordingChannel, advance, settle
from tests.adapters.bilibili.script import settings
from tests.standins.bilibili import GAME_ID, ROOM_ID, BilibiliStandIn, frame

FRAMES = Path(__file__).parents[2] / "data" / "bilibili" / "bilibili_frames.json"


@dataclass
class Stage:
    clock: TestClock
    channel: RecordingChannel
    standin: BilibiliStandIn
    adapter: BilibiliAdapter


@asynccontextmanager
async def stage(*, begin: bool = True, **values: Any) -> AsyncGenerator[Stage]:
    clock = TestClock(START)
    channel = RecordingChannel(clock)
    async with BilibiliStandIn(clock) as standin:
        adapter = BilibiliAdapter(settings(standin.base, **values), channel)
        if begin:
            await adapter.start()
            await standin.until(lambda: standin.count("ws:send") >= 2)
        try:
            yield Stage(clock, channel, standin, adapter)
        finally:
            await adapter.stop()


def comment(number: int, text: str = "XL?") -> dict[str, Any]:
    data = {"room_id": ROOM_ID, "open_id": "v1", "uname": "Momo", "msg": text}
    return {"cmd": "LIVE_OPEN_PLATFORM_DM", "data": {**data, "msg_id": f"m{number}"}}


def answer(code: int) -> dict[str, Any]:
    return {"code": code, "message": "no", "request_id": "1", "data": None}


async def test_every_frame_of_the_vectors_and_a_dropped_line_reach_the_ledger_once() -> None:
    cases = json.loads(FRAMES.read_text("utf-8"))["cases"]
    decoded = [case for case in cases if case["op"] == "bili.frame.decode"]
    wanted = {
        packet["json"]["data"]["msg_id"]
        for case in decoded
        for packet in case["expect"]["packets"]
        if packet["op"] == 5
    }
    refused = sum(case["expect"]["error"] is not None for case in decoded)
    async with stage() as s:
        for turn in range(2):
            for case in decoded:
                if not any(packet["op"] == 8 for packet in case["expect"]["packets"]):
                    await s.standin.push_raw(base64.b64decode(case["input"]["message_b64"]))
            await settle()
            if turn == 0:
                await s.standin.drop()
                await advance(s.clock, 2)

        assert set(s.channel.ledger) == wanted
        assert s.channel.offered >= 2 * len(wanted)
        assert len(s.channel.refused) == 2 * refused
        assert s.channel.kinds().count("line_lost") == 1
        assert s.channel.kinds().count("line_back") == 1


async def test_the_gap_is_told_with_its_length() -> None:
    async with stage() as s:
        s.standin.connects.extend([False])
        await s.standin.drop()
        await advance(s.clock, 10)

        assert s.channel.kinds().count("line_lost") == 1
        back = dict(s.channel.boards)["line_back"]
        assert 2 <= back["seconds"] <= 4


async def test_a_silent_line_is_left_while_a_slow_one_is_kept() -> None:
    async with stage() as s:
        await advance(s.clock, 300)
        assert s.standin.count("ws:connect") == 1

        s.standin.silent = True
        await advance(s.clock, 70)
        assert s.standin.count("ws:connect") == 2


async def test_a_platform_that_is_away_is_asked_ever_more_rarely() -> None:
    async with stage() as s:
        s.standin.connects.extend([False] * 1000)
        s.standin.answers["/v2/app/start"].extend([{"http_status": 502}] * 1000)
        await s.standin.drop()
        await advance(s.clock, 3600)

        calls = s.standin.count("http:/v2/app/start") + s.standin.count("ws:connect")
        assert 60 <= calls <= 110
        assert s.channel.kinds().count("session_delayed") == 1


async def test_a_room_that_is_still_open_is_ended_first() -> None:
    async with stage() as s:
        s.standin.answers["/v2/app/heartbeat"].append(answer(7003))
        s.standin.answers["/v2/app/start"].append(answer(7002))
        await advance(s.clock, 40)

        calls = [act.kind for act in s.standin.acts if act.kind.startswith("http:/v2/app/")]
        assert calls[:5] == [
            "http:/v2/app/start",
            "http:/v2/app/heartbeat",
            "http:/v2/app/start",
            "http:/v2/app/end",
            "http:/v2/app/start",
        ]


@pytest.mark.parametrize("code", [4002, 4007, 5004, 7007, 7010, 8002])
async def test_a_code_that_no_waiting_cures_stops_the_channel(code: int) -> None:
    async with stage(begin=False) as s:
        s.standin.answers["/v2/app/start"].append(answer(code))
        await s.adapter.start()
        await advance(s.clock, 600)

        assert s.standin.count("http:/v2/app/start") == 1
        assert s.channel.boards == [("session_refused", {"reason": "config_error", "code": code})]


async def test_a_wrong_secret_is_what_the_platform_says_it_is() -> None:
    async with stage(begin=False, access_key_secret="wrong") as s:
        await s.adapter.start()
        await advance(s.clock, 60)

        assert dict(s.channel.boards)["session_refused"]["code"] == 4002


@pytest.mark.parametrize(
    "broken",
    [
        {"http_status": 500},
        {"reply_text": "<html>"},
        {"reply_text": "[]"},
        {"reply_text": "{}"},
        {"reply_text": '{"code":0,"data":{}}'},
        {"reply_text": "x" * 300_000},
        answer(4009),
        answer(5000),
        answer(99999),
    ],
)
async def test_a_broken_answer_is_tried_again(broken: dict[str, Any]) -> None:
    async with stage(begin=False) as s:
        s.standin.answers["/v2/app/start"].append(broken)
        await s.adapter.start()
        await advance(s.clock, 5)

        assert s.standin.count("http:/v2/app/start") == 2
        assert s.standin.count("ws:connect") == 1


async def test_a_refused_token_does_not_start_in_a_hot_loop() -> None:
    async with stage(begin=False) as s:
        s.standin.auths.extend([-101] * 1000)
        await s.adapter.start()
        await advance(s.clock, 600)

        assert 5 <= s.standin.count("http:/v2/app/start") <= 25


async def test_bad_input_is_counted_and_its_neighbours_arrive() -> None:
    async with stage() as s:
        await s.standin.push(comment(1))
        await s.standin.push_text("hello")
        await s.standin.push({"cmd": "LIVE_OPEN_PLATFORM_DM", "data": "oops"})
        await s.standin.push_raw(b"not a packet")
        await s.standin.push_raw(frame(5, b"\xff") + frame(5, json.dumps(comment(2)).encode()))
        await settle()

        assert list(s.channel.ledger) == ["m1", "m2"]
        assert s.channel.refused == ["text_frame", "bad_command", "truncated_header", "bad_json"]


async def test_an_oversized_message_ends_the_line_and_the_room_goes_on() -> None:
    async with stage() as s:
        await s.standin.push_raw(frame(5, bytes(2 * 1024 * 1024)))
        await advance(s.clock, 2)
        await s.standin.push(comment(1))
        await settle()

        assert s.standin.count("ws:connect") == 2
        assert list(s.channel.ledger) == ["m1"]


async def test_news_of_the_room_goes_to_the_journal() -> None:
    async with stage() as s:
        room = {"room_id": ROOM_ID, "title": "winter"}
        await s.standin.push({"cmd": "LIVE_OPEN_PLATFORM_LIVE_START", "data": room})
        await s.standin.push({"cmd": "LIVE_OPEN_PLATFORM_NEW", "data": {}})
        await s.standin.push({"cmd": "LIVE_OPEN_PLATFORM_NEW", "data": {}})
        await settle()

        assert s.channel.kinds() == ["session_started", "popularity", "stream_started", "unknown"]
        assert not s.channel.ledger


async def test_a_ledger_that_fails_costs_one_line_and_not_the_channel() -> None:
    async with stage() as s:
        s.channel.fail = RuntimeError("ledger is away")
        await s.standin.push(comment(1))
        await advance(s.clock, 5)
        await s.standin.push(comment(2))
        await settle()

        assert list(s.channel.ledger) == ["m2"]


async def test_leaving_in_mid_start_still_ends_the_session() -> None:
    async with stage(begin=False) as s:
        await s.adapter.start()
        await s.standin.until(lambda: s.standin.count("http:/v2/app/start") == 1)
        await s.adapter.stop()
        await s.adapter.stop()

        assert s.standin.count("http:/v2/app/end") == 1
        assert s.standin.acts[-1].value["game_id"] == GAME_ID


async def test_doctor_opens_no_session() -> None:
    async with stage(begin=False) as s:
        s.standin.answers["/v2/app/heartbeat"].append(answer(7003))
        found = await s.adapter.check()
        assert [(f.ok, f.key) for f in found] == [
            (True, "bilibili.doctor.code_shaped"),
            (True, "bilibili.doctor.keys_accepted"),
        ]
        assert s.standin.count("http:/v2/app/start") == 0

    async with stage(begin=False, access_key_secret="wrong", code="?") as s:
        assert [f.key for f in await s.adapter.check()] == [
            "bilibili.doctor.code_odd",
            "bilibili.doctor.refused_4002",
        ]


async def test_the_client_sends_documented_packets() -> None:
    async with stage() as s:
        sends = [act.value for act in s.standin.acts if act.kind == "ws:send"]

        assert sends[1] == (2, "")
        assert encode(2).hex() == "00000010001000010000000200000001"
