"""The one commit: all of it or nothing, and nothing twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core.effects import Address, Effects, Post
from core.message import ConversationKind
from core.parts import Text
from core.plugin import Plugin
from core.store.commit import Cause, Superseded, by_hand
from core.store.models import Conversation, Deadline, JournalEntry, Message
from core.store.sql import Work
from core.testing import Shop
from core.turn import Turn
from tests.core.stage import echo, outbox, play

STAFF = Address("shop", "staff", ConversationKind.GROUP)


def effects(shop: Shop) -> Effects:
    return Effects(shop.clock, shop.app.texts, "en")


def post(words: str, **values: Any) -> Post:
    given: dict[str, Any] = {"to": STAFF, **values}
    return Post((Text(words),), **given)


async def test_all_of_it_or_nothing() -> None:
    async with play() as shop:
        wanted = effects(shop)
        wanted.post(post("hello"))
        wanted.at(timedelta(hours=1), "p.later", "k")
        wanted.emit("p.happened", x=1)

        async def explode() -> None:
            raise RuntimeError("last of all")

        spoiled = effects(shop)
        spoiled.posts, spoiled.alarms, spoiled.events = wanted.posts, wanted.alarms, wanted.events
        spoiled.write(explode)
        with pytest.raises(RuntimeError, match="last of all"):
            await shop.app.commit.write(spoiled, Cause("c1"))
        assert await Message.all().count() == await Deadline.all().count() == 0
        assert await JournalEntry.all().count() == await Conversation.all().count() == 0

        await shop.app.commit.write(wanted, Cause("c1"))
        await shop.settle()
        assert shop.posts("staff") == ["hello"]
        assert await Deadline.filter(state="waiting").count() == 1
        assert await shop.events("p.happened") == [{"x": 1}]


async def test_a_new_thread_of_a_failed_commit_is_not_remembered() -> None:
    """A number from a rolled-back transaction would later point to somebody else's thread."""
    async with play(echo()) as shop:

        def explode() -> Work[None]:
            raise RuntimeError
            yield

        async def greet() -> None:
            wanted = effects(shop)
            wanted.post(post("hello", key="once"))
            await shop.app.commit.write(wanted, by_hand())

        results = await asyncio.gather(
            greet(), shop.app.writer.run(explode), return_exceptions=True
        )
        assert [type(result) for result in results] == [type(None), RuntimeError]
        mei = shop.customer("Mei")
        await mei.says("hi")
        await greet()
        await shop.settle()
        assert mei.replies == ["hi"]
        assert shop.posts("staff") == ["hello"]


async def test_the_same_key_is_never_queued_twice() -> None:
    async with play() as shop:
        for words in ("one", "two"):
            wanted = effects(shop)
            wanted.post(post(words, key="weekly:2026-48"))
            wanted.post(post("again in the same breath", key="weekly:2026-48"))
            await shop.app.commit.write(wanted, by_hand())
        await shop.settle()
        assert shop.posts("staff") == ["one"]
        wanted = effects(shop)
        wanted.post(post("elsewhere", key="weekly:2026-48", to=Address("gone", "x")))
        await shop.app.commit.write(wanted, by_hand())
        assert [row.channel for row in await outbox()] == ["shop", "gone"]


async def test_a_cause_that_was_dealt_with_writes_nothing() -> None:
    async with play() as shop:
        wanted = effects(shop)
        wanted.post(post("late"))

        def claim() -> Work[None]:
            raise Superseded
            yield

        with pytest.raises(Superseded):
            await shop.app.commit.write(wanted, Cause("c1", claim))
        assert await outbox() == []


async def test_a_post_needs_to_know_where() -> None:
    async with play() as shop:
        wanted = effects(shop)
        wanted.post(post("where?", to=None))
        with pytest.raises(ValueError, match="needs an address"):
            await shop.app.commit.write(wanted, by_hand())


async def test_a_post_carries_what_its_row_needs() -> None:
    async with play() as shop:
        wanted = effects(shop)
        later = shop.clock.now() + timedelta(hours=1)
        draft = post("x", mention=("@all",), author="agent:li", not_before=later, repeatable=True)
        draft.expires_in = timedelta(hours=2)
        wanted.post(draft)
        await shop.app.commit.write(wanted, by_hand())
        (row,) = await outbox()
        assert (row.mention, row.author, row.not_before) == (["@all"], "agent:li", later)
        assert (row.expires_at, row.repeatable) == (later + timedelta(hours=1), True)
        assert row.recipient == ""


async def test_a_long_answer_is_several_rows_in_order() -> None:
    channels = {"shop": {"adapter": "core.testing.mock:MockAdapter", "max_text": 20}}
    async with play(echo(), channels=channels) as shop:
        mei = shop.customer("Mei")
        await mei.says("first sentence. second sentence. third")
        assert len(mei.replies) > 1
        assert "".join("".join(mei.replies).split()) == "firstsentence.secondsentence.third"


async def test_a_row_of_a_plugin_survives_a_repeated_commit() -> None:
    """A job runs again when a neighbour in its batch fails; the row must still be inserted."""
    plugin = Plugin("keeper")
    runs: list[int] = []

    @plugin.on(always=True)
    async def keep(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.save(Deadline(name="x", key="k", due_at=turn.clock.now(), run_at=turn.clock.now()))

        async def fail_once() -> None:
            runs.append(1)
            if len(runs) == 1:
                raise RuntimeError

        turn.write(fail_once)

    async with play(plugin) as shop:
        await shop.customer("Mei").says("hi")
        await shop.advance(seconds=1)
        assert await Deadline.filter(name="x").count() == 1
