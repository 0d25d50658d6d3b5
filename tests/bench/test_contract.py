"""What others rely on: the names of the benches, their lines, and that the floors are honest."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench import flood, floors, ledger, room, webhook_client
from bench.measure import Result
from core.settings import LogSettings

NAMES = {
    "dispatch_100_rules",
    "dispatch_1000_over_1",
    "dispatch_miss_over_hit",
    "understand",
    "webhook_accept",
    "end_to_end_sqlite",
    "end_to_end_postgres",
    "postgres_two_workers_over_one",
    "flood_chat_p99",
    "latency_300",
    "memory_per_10k_conversations",
}


def test_the_names_stay() -> None:
    assert bench.BENCHES.keys() >= NAMES
    assert bench.BY_NAME.keys().isdisjoint(bench.BENCHES)


def print_nothing(_: LogSettings) -> None:
    """Leave the tests' own logging alone."""


def test_a_line_is_one_json_object(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    benches: dict[str, Callable[[], Result]] = {"one": lambda: Result(3.0, 2.0, "us")}
    monkeypatch.setattr(bench, "BENCHES", benches)
    monkeypatch.setattr(bench, "settle", lambda: None)
    monkeypatch.setattr(bench, "set_up", print_nothing)
    assert bench.main([]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line == {"name": "one", "value": 3.0, "unit": "us", "floor": 2.0, "ratio": 1.5}
    assert bench.main(["nothing"]) == 2


def rows(file: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as base:
        return base.execute("SELECT * FROM message ORDER BY id").fetchall()


@pytest.mark.parametrize("floor", [floors.awaited, floors.blocking])
async def test_the_floor_writes_the_very_rows_of_the_shop(
    tmp_path: Path, floor: ledger.Floor
) -> None:
    await ledger.paired(tmp_path, floor, 40)
    assert len(rows(tmp_path / "shop.db")) == 80
    assert rows(tmp_path / "copy.db") == rows(tmp_path / "shop.db")


async def test_the_flood_is_heard_and_every_comment_is_accounted_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flood, "SECONDS", 0.5)
    monkeypatch.setattr(flood, "ROUNDS", 1)
    monkeypatch.setattr(flood, "FLAT_AFTER", 0.1)
    monkeypatch.setattr(flood, "WARM", 0.1)
    p99, memory = await flood._measure(tmp_path)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - in this loop
    assert p99.value > 0
    assert memory.value > 0


def test_the_rooms_comments_are_all_different() -> None:
    said = [comment.id for comment, _ in zip(room.comments(), range(5000), strict=False)]
    assert len(set(said)) == len(said)


def test_the_webhooks_requests_are_all_different() -> None:
    made = webhook_client.requests("http://127.0.0.1:1/hooks/wechat", 20, 1)
    assert len(set(made)) == 20
