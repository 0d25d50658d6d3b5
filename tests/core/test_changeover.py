"""Channels come, go and change while the shop goes on; the others notice nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from core.changeover import ASKED, DONE, Changes
from core.parts import Text
from core.settings import build
from core.store.models import JournalEntry
from core.testing import Shop
from tests.core.stage import echo, play, states, until

MOCK = {"adapter": "core.testing.mock:MockAdapter"}
COMMENT = '{"id": "c1", "text": "hi", "at_ms": 0, "user_id": "u1", "room_id": "r1"}\n'
HOOK = {"adapter": "tests.core.counter:CounterAdapter", "passive": False}


def now_says(shop: Shop, **channels: dict[str, Any]) -> None:
    """The settings file of the shop says this from now on; ``shop`` itself stays."""
    table = {"channels": {"shop": MOCK, **channels}}
    shop.app.reread = lambda: build(table)


async def reload(shop: Shop) -> Changes:
    return await shop.app.changeover.apply()


async def test_a_channel_is_added_removed_and_changed() -> None:
    async with play(echo(), channels={"a": MOCK, "b": MOCK}) as shop:
        shops, old = shop.channel(), shop.channel("b")
        now_says(shop, b={**MOCK, "max_text": 100}, c=HOOK)
        changes = await reload(shop)
        assert (changes.added, changes.removed, changes.changed) == (["c"], ["a"], ["b"])
        assert [line.name for line in shop.app.lines] == ["shop", "b", "c"]
        assert shop.channel() is shops
        assert shop.channel("b") is not old
        assert shop.channel("b").capabilities.max_text == 100
        async with ClientSession() as client:
            said = {"key": "1", "who": "Mei", "text": "hi"}
            url = f"{shop.app.server.url}/hooks"
            assert (await client.post(f"{url}/c", json=said)).status == 200
            assert (await client.post(f"{url}/a", json=said)).status == 404
        assert await reload(shop) == Changes()


async def test_a_call_under_way_ends_before_its_channel_changes_and_the_next_waits() -> None:
    async with play(echo(), channels={"b": MOCK}) as shop:
        old = shop.channel("b")
        old.gate = asyncio.Event()
        mei = shop.customer("Mei", channel="b")
        await mei.drops(*said("one"))
        await until(lambda: bool(shop.app.sender.busy))
        now_says(shop, b={**MOCK, "max_text": 100})
        changing = asyncio.create_task(reload(shop))
        await until(lambda: not is_started(shop, "b"))
        await shop.customer("Lei", channel="b").drops(*said("two"))
        old.gate.set()
        await changing
        await shop.advance(seconds=10)
        assert [m.text for m in old.sent] == ["one"]
        assert [m.text for m in shop.channel("b").sent] == ["two"]
        assert await states() == ["sent", "sent"]


async def test_settings_that_cannot_be_used_change_nothing() -> None:
    async with play(echo(), channels={"a": MOCK}) as shop:
        now_says(shop, b={"adapter": "nowhere"})
        changes = await reload(shop)
        assert "channels.b.adapter" in changes.refused
        assert "没有这个适配器" in changes.refused
        assert [line.name for line in shop.app.lines] == ["shop", "a"]
        mei = shop.customer("Mei", channel="a")
        await mei.says("hi")
        mei.hears("hi")


async def test_a_channel_that_will_not_start_hurts_no_other_and_is_tried_again(
    tmp_path: Path,
) -> None:
    late = {"adapter": "replay", "file": str(tmp_path / "comments.jsonl"), "speed": 1000.0}
    async with play(echo()) as shop:
        now_says(shop, a=late, b=MOCK)
        changes = await reload(shop)
        assert list(changes.failed) == ["a"]
        assert is_started(shop, "b")
        assert await shop.app.vitals.readiness() == ""
        (tmp_path / "comments.jsonl").write_text(COMMENT, "utf-8")
        assert (await reload(shop)).failed == {}
        assert is_started(shop, "a")


async def test_a_command_asks_through_the_journal_and_is_answered_there() -> None:
    async with play(echo()) as shop:
        now_says(shop, c=MOCK)
        await shop.app.commit.journal(ASKED, {"asked": "x1"})
        await shop.settle()
        answer = await JournalEntry.get(kind=DONE)
        assert (answer.data["asked"], answer.data["added"]) == ("x1", ["c"])


def fifty(folder: Path) -> dict[str, dict[str, Any]]:
    """Channels of every kind that needs nobody outside to start."""
    (folder / "comments.jsonl").write_text(COMMENT, "utf-8")
    keys = {"token": "weixintoken", "encoding_aes_key": "abcdefghij" * 4 + "ABC"}
    kinds: dict[str, dict[str, Any]] = {
        "wechat": {"adapter": "wechat", **keys, "app_id": "wx1", "can_push": False},
        "robot": {"adapter": "wecom_robot", "webhook_key": "k"},
        "page": {"adapter": "webchat"},
        "room": {"adapter": "replay", "file": str(folder / "comments.jsonl")},
        "file": {"adapter": "file", "path": str(folder / "out.jsonl")},
        "hook": HOOK,
        "mock": MOCK,
    }
    names = list(kinds)
    return {f"{names[n % 7]}-{n}": kinds[names[n % 7]] for n in range(49)}


async def test_fifty_channels_of_mixed_kinds_and_one_changes(tmp_path: Path) -> None:
    channels = fifty(tmp_path)
    async with play(echo(), channels=channels) as shop:
        assert len(list(shop.app.lines)) == 50
        before = {line.name: line.adapter for line in shop.app.lines}
        now_says(shop, **channels | {"mock-6": {**MOCK, "max_text": 9}, "new": HOOK})
        changes = await reload(shop)
        assert (changes.added, changes.changed, changes.removed) == (["new"], ["mock-6"], [])
        after = {line.name: line.adapter for line in shop.app.lines}
        same = [name for name in before if after[name] is before[name]]
        assert len(same) == 49
        assert all(line.started for line in shop.app.lines)
        people = [shop.customer(f"c{n}", channel=f"mock-{n}") for n in range(13, 49, 7)]
        await asyncio.gather(*(who.drops(*said("hi")) for who in people))
        await shop.settle()
        for who in people:
            who.hears("hi")


def said(words: str) -> tuple[Text]:
    return (Text(words),)


def is_started(shop: Shop, name: str) -> bool:
    line = shop.app.lines.get(name)
    return line is not None and line.started
