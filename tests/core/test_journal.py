"""The journal: numbered, in order, heard by those who follow."""

from __future__ import annotations

import asyncio
from pathlib import Path

from core.clock import Clock
from core.plugin import Plugin
from core.store.models import JournalEntry
from core.turn import Turn
from tests.core.stage import play


class Town:
    """A crier who emits, and listeners."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.plugin = plugin = Plugin("town")

        @plugin.on(always=True)
        async def cry(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
            for word in turn.text.split():
                turn.emit(f"town.{word}", word=word)

        @plugin.follows("town.one")
        async def one(entry: JournalEntry) -> None:  # pyright: ignore[reportUnusedFunction]
            self.heard.append(("one", entry.data["word"]))
            raise RuntimeError("a deaf listener")

        @plugin.follows("*")
        async def everything(entry: JournalEntry, clock: Clock) -> None:  # pyright: ignore[reportUnusedFunction]
            assert entry.at <= clock.now()
            self.heard.append(("*", entry.kind))


async def test_everything_is_heard_in_order_whoever_raises() -> None:
    town = Town()
    async with play(town.plugin) as shop:
        await shop.customer("Mei").says("one two one")
        assert town.heard == [
            ("one", "one"),
            ("*", "town.one"),
            ("*", "town.two"),
            ("one", "one"),
            ("*", "town.one"),
        ]
        entries = await JournalEntry.all().order_by("id")
        assert [(e.channel, e.message_id, e.conversation_id) for e in entries] == [
            ("shop", 1, 1)
        ] * 3


async def test_more_than_a_page() -> None:
    town = Town()
    async with play(town.plugin) as shop:
        await shop.customer("Mei").says(" ".join(f"w{n}" for n in range(700)))
        assert [kind for _, kind in town.heard] == [f"town.w{n}" for n in range(700)]


async def test_a_new_life_follows_what_is_new(tmp_path: Path) -> None:
    for words in ("one", "two"):
        town = Town()
        async with play(town.plugin, folder=tmp_path) as shop:
            await shop.customer("Mei").says(words)
    assert town.heard == [("*", "town.two")]


async def test_what_another_process_writes_is_noticed() -> None:
    town = Town()
    async with play(town.plugin) as shop:
        await JournalEntry.create(kind="town.note", at=shop.clock.now())
        async with asyncio.timeout(5):
            while not town.heard:  # noqa: ASYNC110 - looks at other people's state
                await asyncio.sleep(0.01)
    assert town.heard == [("*", "town.note")]


async def test_an_adapter_writes_to_the_board() -> None:
    town = Town()
    async with play(town.plugin) as shop:
        await shop.channel().channel.board("stream.started", {"room": "1"})
        assert await shop.events("stream.started") == [{"room": "1"}]
        async with asyncio.timeout(5):
            while not town.heard:  # noqa: ASYNC110 - looks at other people's state
                await asyncio.sleep(0.01)
        assert town.heard == [("*", "stream.started")]
