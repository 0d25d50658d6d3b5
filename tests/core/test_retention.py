"""Old rows move into files, a slice at a time, and nobody loses anything by it."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from core.adapter import Receipt
from core.plugin import Plugin
from core.store import retention
from core.store.models import Conversation, Deadline, JournalEntry, Message
from core.testing import Shop
from core.turn import Turn
from tests.core.stage import FINAL, echo, play


def archived(folder: Path, table: str) -> Iterator[dict[str, Any]]:
    for file in sorted((folder / "archive").glob(f"{table}-*.jsonl.gz")):
        yield from map(orjson.loads, gzip.decompress(file.read_bytes()).splitlines())


async def talk(shop: Shop, *texts: str) -> None:
    for text in texts:
        await shop.customer("Mei").says(text)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices of a few rows, so that there are several."""
    monkeypatch.setattr(retention, "SLICE", 3)


@pytest.mark.usefixtures("small")
async def test_what_is_old_is_in_the_file_and_no_longer_in_the_ledger(tmp_path: Path) -> None:
    async with play(echo(), folder=tmp_path) as shop:
        await talk(shop, *"abcde")
        await shop.advance(days=40)
        await talk(shop, "new")
        moved = await shop.app.archive.sweep(30)
        assert moved["message"] == 10
        assert [row.text for row in await Message.all().order_by("id")] == ["new", "new"]
        lines = list(archived(tmp_path, "message"))
        assert [line["text"] for line in lines if line["direction"] == "in"] == [*"abcde"]
        assert lines[0].keys() >= {"id", "channel", "key", "conversation_id", "parts", "decision"}
        assert await Conversation.all().count() == 1
        assert await shop.app.archive.sweep(30) == {"message": 0, "journal": 0, "deadline": 0}


async def test_what_needs_somebody_stays_however_old(tmp_path: Path) -> None:
    broken = Plugin("broken")

    @broken.on(keywords="boom")
    async def fail(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        raise RuntimeError(turn.text)

    async with play(broken, echo(), folder=tmp_path) as shop:
        await talk(shop, "boom")
        await shop.advance(minutes=1)
        shop.channel().outcomes.extend([FINAL, Receipt.accepted()])
        await talk(shop, "refused", "fine")
        await shop.advance(days=40)
        await shop.app.archive.sweep(30)
        left = {(row.direction, row.state) for row in await Message.all()}
        assert left == {("in", "failed"), ("out", "failed")}


async def test_the_journal_and_what_was_due_grow_old_too(tmp_path: Path) -> None:
    plugin = Plugin("later")

    @plugin.on(always=True)
    async def set_two(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.emit("later.said")
        turn.at(timedelta(days=100), "later.ring", "far")
        turn.at(timedelta(days=1), "later.ring", "near")
        turn.cancel("later.ring", "near")

    async with play(plugin, folder=tmp_path) as shop:
        await talk(shop, "hi")
        shop.clock.move_to(shop.clock.now() + timedelta(days=40))
        moved = await shop.app.archive.sweep(30)
        assert (moved["journal"], moved["deadline"]) == (1, 1)
        assert [row.key for row in await Deadline.all()] == ["far"]
        assert await JournalEntry.filter(kind="later.said").count() == 0


async def test_killed_between_file_and_ledger_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with play(echo(), folder=tmp_path) as shop:
        await talk(shop, "a")
        await shop.advance(days=40)
        with monkeypatch.context() as patch:
            patch.setattr(retention, "delete", _killed)
            with pytest.raises(RuntimeError):
                await shop.app.archive.sweep(30)
        assert await Message.all().count() == 2
        await shop.advance(seconds=1)  # a file has the second in its name
        await shop.app.archive.sweep(30)
        assert await Message.all().count() == 0
        assert len({line["id"] for line in archived(tmp_path, "message")}) == 2


def _killed(*_: object) -> None:
    raise RuntimeError("killed")


async def test_it_sweeps_by_itself_once_a_day_where_the_settings_say_so(tmp_path: Path) -> None:
    async with play(echo(), folder=tmp_path, settings={"retention": {"days": 30}}) as shop:
        await talk(shop, "a")
        await shop.advance(days=32)
        async with asyncio.timeout(10):
            while await Message.all().count():  # noqa: ASYNC110 - looks at the ledger
                await asyncio.sleep(0.01)


async def test_a_customer_is_answered_while_it_sweeps(tmp_path: Path) -> None:
    async with play(echo(), folder=tmp_path) as shop:
        await talk(shop, "old")
        await shop.advance(days=40)
        sweeping = asyncio.create_task(shop.app.archive.sweep(30))
        customer = shop.customer("Li")
        await customer.says("hello")
        customer.hears("hello")
        await sweeping
