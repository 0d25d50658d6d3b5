"""The one writer: many jobs share a commit, and a bad one hurts nobody but itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.settings import DatabaseSettings
from core.store import journal
from core.store.away import LedgerAwayError
from core.store.database import Database
from core.store.drivers import Make
from core.store.models import JournalEntry
from core.store.sql import Work
from core.store.writer import Writer
from core.testing import START


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncGenerator[Writer]:
    database = Database(DatabaseSettings(url=f"sqlite://{tmp_path / 'w.db'}"), {})
    await database.open()
    made = Writer(database.driver())
    made.start()
    yield made
    await made.stop()
    await made.driver.close()
    await database.close()


def note(kind: str) -> Work[str]:
    yield from journal.enter(kind, {}, START)
    return kind


def bad() -> Work[str]:
    yield from note("bad")
    raise RuntimeError("mine alone")


async def kinds() -> list[str]:
    return [entry.kind for entry in await JournalEntry.all().order_by("id")]


async def test_many_jobs_share_one_commit(writer: Writer) -> None:
    jobs = [writer.run(lambda n=n: note(f"n{n}")) for n in range(100)]
    assert await asyncio.gather(*jobs) == [f"n{n}" for n in range(100)]
    assert await kinds() == [f"n{n}" for n in range(100)]
    assert writer.commits <= 2
    assert writer.idle


async def test_a_bad_job_fails_alone_and_leaves_nothing(writer: Writer) -> None:
    undone: list[str] = []
    writer.rolled_back = lambda: undone.append("all")
    work = [lambda: note("a"), bad, lambda: note("b")]
    results = await asyncio.gather(*map(writer.run, work), return_exceptions=True)
    assert [str(result) for result in results] == ["a", "mine alone", "b"]
    assert await kinds() == ["a", "b"]
    assert undone == ["all", "all"]  # together, then the bad one for itself


async def test_changes_through_the_orm_share_the_transaction(writer: Writer) -> None:
    async def before() -> None:
        await JournalEntry.create(kind="orm", at=START)

    with pytest.raises(RuntimeError, match="mine alone"):
        await writer.run(bad, before=before)
    assert await kinds() == []
    await writer.run(lambda: note("a"), before=before)
    assert await kinds() == ["orm", "a"]


async def test_after_runs_in_the_order_of_the_jobs_and_only_after_success(writer: Writer) -> None:
    heard: list[str] = []
    work = [lambda: note("a"), bad, lambda: note("b")]
    jobs = [writer.run(job, heard.append) for job in work]
    await asyncio.gather(*jobs, return_exceptions=True)
    assert heard == ["a", "b"]


async def test_a_failing_after_neither_repeats_nor_fails_what_is_durable(writer: Writer) -> None:
    def burn(_result: str) -> None:
        raise RuntimeError("listener")

    jobs = [writer.run(lambda: note("a"), burn), writer.run(lambda: note("b"))]
    assert await asyncio.gather(*jobs) == ["a", "b"]
    assert await writer.run(lambda: note("c")) == "c"
    assert await kinds() == ["a", "b", "c"]


async def test_a_locked_database_is_waited_for(
    writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.writer.LOCKED_WAIT", 0.0)
    tries: list[int] = []
    real = writer.driver.write

    async def refused_twice(works: Sequence[Make]) -> list[Any]:
        tries.append(1)
        if len(tries) <= 2:
            raise sqlite3.OperationalError("database is locked")
        return await real(works)

    monkeypatch.setattr(writer.driver, "write", refused_twice)
    assert await writer.run(lambda: note("a")) == "a"
    assert len(tries) == 3
    assert await kinds() == ["a"]


async def test_one_locked_for_good_is_away_and_nobody_is_to_blame(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It passed for a fault of the message, which then lay there until the next start."""
    monkeypatch.setattr("core.store.writer.LOCKED_WAIT", 0.0)

    async def refused(works: Sequence[Make]) -> list[Any]:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(writer.driver, "write", refused)
    with pytest.raises(LedgerAwayError):
        await writer.run(lambda: note("a"))


async def test_another_process_may_write_meanwhile(writer: Writer, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "w.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        job = asyncio.create_task(writer.run(lambda: note("a")))
        await asyncio.sleep(0.05)
        assert not job.done()
        other.execute("COMMIT")
        assert await job == "a"
    other.close()


async def test_who_loses_interest_does_not_stop_the_writing(writer: Writer) -> None:
    task = asyncio.create_task(writer.run(lambda: note("a")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await writer.run(lambda: note("b"))
    assert await kinds() == ["a", "b"]


async def test_stop_writes_what_is_queued(writer: Writer) -> None:
    jobs = [asyncio.create_task(writer.run(lambda n=n: note(str(n)))) for n in range(3)]
    await asyncio.sleep(0)
    await writer.stop()
    assert await asyncio.gather(*jobs) == ["0", "1", "2"]
