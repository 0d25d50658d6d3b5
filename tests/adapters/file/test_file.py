import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from adapters.file.adapter import FileAdapter
from adapters.file.settings import FileSettings
from core.adapter import Channel, Outcome
from core.clock import TestClock
from core.message import ConversationKind, Outbound
from core.parts import Link, Text

CHANNEL = cast("Channel", SimpleNamespace(clock=TestClock(datetime(2026, 11, 21, tzinfo=UTC))))


async def started(path: Path) -> FileAdapter:
    adapter = FileAdapter(FileSettings(path=path), CHANNEL)
    await adapter.start()
    return adapter


def message(key: str) -> Outbound:
    parts = (Text("今日团购"), Link("https://a.example", "苹果"))
    return Outbound(1, key, "群一", ConversationKind.GROUP, "", parts, mention=("@all",))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def test_a_message_becomes_one_line(tmp_path: Path) -> None:
    path = tmp_path / "new" / "posts.jsonl"
    adapter = await started(path)

    receipt = await adapter.send(message("k1"))

    assert receipt.outcome is Outcome.DELIVERED
    assert lines(path) == [
        {
            "key": "k1",
            "at": "2026-11-21T00:00:00+00:00",
            "conversation": "群一",
            "kind": "group",
            "text": "今日团购\n苹果 https://a.example",
            "mention": ["@all"],
            "parts": [
                {"type": "text", "text": "今日团购"},
                {"type": "link", "url": "https://a.example", "title": "苹果"},
            ],
        }
    ]


async def test_no_key_is_written_twice_also_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    first = await started(path)
    await asyncio.gather(*(first.send(message("k1")) for _ in range(5)))
    second = await started(path)

    again = await second.send(message("k1"))
    await second.send(message("k2"))

    assert again.outcome is Outcome.DELIVERED
    assert [line["key"] for line in lines(path)] == ["k1", "k2"]


async def test_a_line_torn_by_a_crash_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    await (await started(path)).send(message("k1"))
    with path.open("a", encoding="utf-8") as file:
        file.write('a note\n{"key": "k2", "te')

    await (await started(path)).send(message("k2"))

    assert path.read_text(encoding="utf-8").count("a note") == 1
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[-1])["key"] == "k2"


async def test_a_file_that_cannot_be_written_asks_to_try_again(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "posts.jsonl"
    adapter = await started(path)
    path.mkdir()

    receipt = await adapter.send(message("k1"))
    path.rmdir()
    later = await adapter.send(message("k1"))

    assert receipt.outcome is Outcome.RETRY
    assert later.outcome is Outcome.DELIVERED
    assert (await adapter.check())[0].ok
