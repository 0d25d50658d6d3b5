"""A recording played as a room: pace, keys, restarts, loops and bad files."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.replay.adapter import ReplayAdapter
from adapters.replay.player import BATCH
from adapters.replay.recording import MAX_LINE, RecordingError
from adapters.replay.settings import ReplaySettings
from core.clock import TestClock
from core.message import ConversationKind
from tests.adapters.bilibili.recorder import START, RecordingChannel, advance

SAMPLE = Path(__file__).parents[2] / "data" / "replay" / "live_comments_sample.jsonl"


def line(number: int, at_s: float, **values: Any) -> str:
    comment = {"id": f"c{number}", "at_ms": int(at_s * 1000), "text": "XL?", "user_id": "v1"}
    return json.dumps({**comment, "room_id": "880001", **values})


def recording(tmp_path: Path, *lines: str) -> str:
    path = tmp_path / "room.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


@asynccontextmanager
async def playing(channel: RecordingChannel, **values: Any) -> AsyncGenerator[ReplayAdapter]:
    adapter = ReplayAdapter(ReplaySettings.model_validate(values), channel)
    await adapter.start()
    try:
        yield adapter
    finally:
        await adapter.stop()


@pytest.fixture
def channel() -> RecordingChannel:
    return RecordingChannel(TestClock(START))


async def test_the_sample_at_a_hundred_times_its_pace_arrives_whole(
    channel: RecordingChannel,
) -> None:
    async with playing(channel, file=str(SAMPLE), speed=100):
        await advance(channel.time, 16)
        halfway = len(channel.ledger)
        await advance(channel.time, 17)

    assert 800 < halfway < 1800
    assert len(channel.ledger) == channel.offered == 2600
    assert channel.kinds() == ["stream_started", "stream_ended"]
    assert channel.refused == []


async def test_a_comment_is_a_live_message_said_now(
    channel: RecordingChannel, tmp_path: Path
) -> None:
    file = recording(tmp_path, line(1, 1795176000, user_name="Momo", on_air_link=3, gold={"x": 1}))
    async with playing(channel, file=file):
        await advance(channel.time, 1)

    (got,) = channel.ledger.values()
    assert (got.key, got.conversation, got.kind) == ("c1#0", "880001", ConversationKind.LIVE)
    assert (got.text, got.sender.id, got.sender.name) == ("XL?", "v1", "Momo")
    assert got.context == {"on_air_link": 3}
    assert got.sent_at == START


async def test_pace_and_room(channel: RecordingChannel, tmp_path: Path) -> None:
    file = recording(tmp_path, line(1, 100), line(2, 110), line(3, 130))
    async with playing(channel, file=file, speed=10, room="other"):
        seen: list[int] = []
        for _ in range(4):
            await advance(channel.time, 0.9)
            seen.append(len(channel.ledger))

    assert seen == [1, 2, 2, 3]
    assert {m.conversation for m in channel.ledger.values()} == {"other"}


async def test_a_restart_goes_on_where_the_ledger_ends(
    channel: RecordingChannel, tmp_path: Path
) -> None:
    file = recording(tmp_path, *(line(n, n) for n in range(10)))
    async with playing(channel, file=file):
        await advance(channel.time, 4.5)
    assert len(channel.ledger) == 5
    channel.ledger.pop("c2#0")  # accepted by nobody before the kill

    async with playing(channel, file=file):
        await advance(channel.time, 0.5)
        assert sorted(channel.ledger) == [f"c{n}#0" for n in range(5)]
        await advance(channel.time, 20)
        assert sorted(channel.ledger) == [f"c{n}#0" for n in range(10)]


async def test_a_finished_recording_stays_silent_after_a_restart(
    channel: RecordingChannel, tmp_path: Path
) -> None:
    file = recording(tmp_path, line(1, 1), line(2, 2))
    for _ in range(2):
        async with playing(channel, file=file):
            await advance(channel.time, 10)

    assert list(channel.ledger) == ["c1#0", "c2#0"]


async def test_a_loop_brings_fresh_comments_also_after_a_restart(
    channel: RecordingChannel, tmp_path: Path
) -> None:
    file = recording(tmp_path, line(1, 0), line(2, 1))
    async with playing(channel, file=file, loop=True):
        await advance(channel.time, 5.5)
    assert list(channel.ledger) == ["c1#0", "c2#0", "c1#1", "c2#1", "c1#2", "c2#2"]

    async with playing(channel, file=file, loop=True):
        await advance(channel.time, 2.5)
    assert list(channel.ledger)[6:] == ["c1#3", "c2#3"]


async def test_a_loop_of_one_comment_does_not_spin(
    channel: RecordingChannel, tmp_path: Path
) -> None:
    async with playing(channel, file=recording(tmp_path, line(1, 0)), loop=True):
        await advance(channel.time, 10)

    assert len(channel.ledger) <= 11


async def test_bad_lines_are_named_and_their_neighbours_are_played(
    channel: RecordingChannel, tmp_path: Path
) -> None:
    bad = (
        *("{", '{"id": "x"}', line(3, -1), line(4, 0, text=5)),
        *(line(5, 0, text="x" * MAX_LINE), line(6, 0, user_name="\0"), line(7, 0, text="\ud800")),
    )
    file = recording(tmp_path, line(1, 0), "", *bad, line(9, 1))
    async with playing(channel, file=file, loop=True):
        await advance(channel.time, 5)

    assert list(channel.ledger)[:2] == ["c1#0", "c9#0"]
    assert channel.refused == ["bad_line"] * 7
    named = [data["line"] for kind, data in channel.boards if kind == "bad_line"]
    assert named == [3, 4, 5, 6, 7, 8, 9]


async def test_batches_are_bounded(channel: RecordingChannel, tmp_path: Path) -> None:
    sizes: list[int] = []
    accept = channel.accept

    async def measured(messages: Any) -> None:
        sizes.append(len(messages))
        await accept(messages)

    channel.accept = measured
    file = recording(tmp_path, *(line(n, 0) for n in range(250)))
    async with playing(channel, file=file):
        await advance(channel.time, 1)

    assert sizes == [BATCH, BATCH, 50]


async def test_a_ledger_that_fails_loses_nothing(channel: RecordingChannel, tmp_path: Path) -> None:
    channel.fail = RuntimeError("ledger is away")
    async with playing(channel, file=recording(tmp_path, line(1, 0), line(2, 1))):
        await advance(channel.time, 10)

    assert list(channel.ledger) == ["c1#0", "c2#0"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), ("", "no comment"), ("\n\n", "no comment"), ("a,b\n1,2\n", "line 1")],
)
async def test_a_file_that_is_no_recording_is_a_clear_error(
    channel: RecordingChannel, tmp_path: Path, content: str | None, said: str
) -> None:
    path = tmp_path / "room.jsonl"
    if content is not None:
        path.write_text(content)
    adapter = ReplayAdapter(ReplaySettings(file=str(path)), channel)

    with pytest.raises(RecordingError, match=said) as error:
        await adapter.start()

    assert str(path) in str(error.value)
    assert [f.key for f in await adapter.check()] == ["replay.doctor.unplayable"]


@pytest.mark.parametrize("source", ["package:no.such.package/x.jsonl", "package:core/x.jsonl"])
async def test_a_resource_that_is_missing_is_a_clear_error(
    channel: RecordingChannel, source: str
) -> None:
    with pytest.raises(RecordingError, match=source):
        await ReplayAdapter(ReplaySettings(file=source), channel).start()


async def test_a_packaged_recording_is_played(
    channel: RecordingChannel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "shop_of_test"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "room.jsonl").write_text(line(1, 0))
    monkeypatch.syspath_prepend(tmp_path)

    async with playing(channel, file="package:shop_of_test/room.jsonl") as adapter:
        await advance(channel.time, 1)
        assert [f.ok for f in await adapter.check()] == [True]

    assert list(channel.ledger) == ["c1#0"]
