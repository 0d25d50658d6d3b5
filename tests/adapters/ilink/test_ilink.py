"""The owner's own assistant: polls, contexts, and limits that nobody has written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.ilink.login import log_in
from core.clock import SystemClock
from core.message import Sender
from core.store.models import ChannelNote
from core.testing import START, Shop
from tests.adapters.ilink.home import ECHO, caught_up, home, rows
from tests.standins.ilink import ILink

ME = "me@im.wechat"


@pytest.fixture
async def ilink() -> AsyncGenerator[ILink]:
    platform = ILink()
    await platform.start()
    yield platform
    await platform.stop()


def texts(ilink: ILink) -> list[str]:
    return [message["item_list"][0]["text_item"]["text"] for message in ilink.sent]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - looks at the platform's side
            await asyncio.sleep(0.002)


async def say(shop: Shop, ilink: ILink, words: str) -> None:
    ilink.says(ME, words)
    await caught_up(shop, ilink)


async def test_what_is_said_is_answered_in_its_context(ilink: ILink) -> None:
    async with home(ilink, ECHO) as shop:
        await say(shop, ilink, "one")
        await say(shop, ilink, "two")
        assert texts(ilink) == ["echo one", "echo two"]
        assert [m["context_token"] for m in ilink.sent] == [f"context-{n}-{ME}" for n in (0, 1)]
        keys = [row.key for row in await rows("in")]
        assert keys == [f"id:{u['message_id']}" for u in ilink.updates], "ids have 64 bits"


async def test_a_restart_goes_on_at_the_cursor_and_knows_the_contexts(
    ilink: ILink, tmp_path: Path
) -> None:
    async with home(ilink, ECHO, folder=tmp_path) as shop:
        await say(shop, ilink, "one")
    ilink.says(ME, "while away")
    async with home(ilink, ECHO, folder=tmp_path) as shop:
        await caught_up(shop, ilink)
        assert texts(ilink) == ["echo one", "echo while away"]
        notes = " ".join([note.value for note in await ChannelNote.all()])
        assert "context-" not in notes


async def test_the_first_start_leaves_old_messages_and_our_own_alone(ilink: ILink) -> None:
    old = START - timedelta(hours=2)
    ilink.says(ME, "old", create_time_ms=int(old.timestamp() * 1000))
    now = int(START.timestamp() * 1000)
    ilink.says(ME, "ours", message_type=2, create_time_ms=now)
    ilink.says(ME, "new", create_time_ms=now)
    ilink.updates.append({"from_user_id": 7})
    async with home(ilink) as shop:
        await caught_up(shop, ilink)
        assert [row.text for row in await rows("in")] == ["new"]


async def test_too_much_is_tried_once_more_and_then_waits_for_the_owner(ilink: ILink) -> None:
    async with home(ilink, ECHO) as shop:
        ilink.behaviour = -2
        await say(shop, ilink, "one")
        assert texts(ilink) == []
        ilink.behaviour = -2
        await shop.advance(seconds=5)
        (row,) = await rows("out")
        assert (row.state, row.error, ilink.calls) == ("queued", "held: -2", 2)
        await shop.advance(hours=1)
        assert ilink.calls == 2
        await say(shop, ilink, "two")
        assert texts(ilink) == ["echo one", "echo two"]


async def test_a_void_login_is_told_once_and_not_hammered(ilink: ILink) -> None:
    async with home(ilink) as shop:
        await until(lambda: ilink.polled > 0)
        ilink.token = "another"
        await until(lambda: shop.clock.next_wake() == START + timedelta(hours=1))
        polled = ilink.polled
        await shop.advance(minutes=59)
        assert ilink.polled == polled
        assert await shop.events("ilink.login_needed") == [{}]


async def test_failed_polls_wait_two_seconds_and_after_three_half_a_minute(ilink: ILink) -> None:
    ilink.polls = [-1, -1, -1]
    async with home(ilink, ECHO) as shop:
        now = START
        for seconds in (2, 2, 30):
            now += timedelta(seconds=seconds)
            await until(lambda wanted=now: shop.clock.next_wake() == wanted)
            await shop.advance_to(now)
        await say(shop, ilink, "hello")
        assert texts(ilink) == ["echo hello"]


async def test_typing_is_shown_and_never_fails(ilink: ILink) -> None:
    async with home(ilink) as shop:
        await say(shop, ilink, "hello")
        line = shop.app.lines.get("me")
        assert line is not None
        await line.adapter.typing(ME, Sender(ME))
        assert ilink.typing == 1


async def test_other_kinds_are_kept(ilink: ILink) -> None:
    async with home(ilink) as shop:
        voice: dict[str, Any] = {"type": 3, "voice_item": {"text": "speech", "encode_type": 6}}
        kinds: list[dict[str, Any]] = [
            voice,
            {"type": 2, "image_item": {}},
            {"type": 4, "file_item": {"file_name": "a"}},
        ]
        ilink.says(ME, "", item_list=[*kinds, {"type": 5}, {"type": 12, "x": 1}, {"type": 1}])
        await caught_up(shop, ilink)
        (row,) = await rows("in")
        assert row.text.strip() == "speech"
        assert [kind in row.parts for kind in ("voice", "image", "file", "video", "unknown")] == [
            True
        ] * 5


async def test_the_owner_logs_in_by_a_code(
    ilink: ILink, capsys: pytest.CaptureFixture[str]
) -> None:
    confirmed = {"status": "confirmed", "bot_token": "t", "baseurl": ilink.url}
    ilink.statuses = [{"status": "expired"}, confirmed]
    found = await log_in(ilink.url, SystemClock())
    assert found["bot_token"] == "t"
    assert capsys.readouterr().out.count("/scan/me") == 2
    ilink.statuses = [{"status": "expired"}] * 3
    with pytest.raises(LookupError, match="nobody-confirmed"):
        await log_in(ilink.url, SystemClock())
