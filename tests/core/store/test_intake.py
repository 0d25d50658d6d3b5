"""The way in: durable, once, in order."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from core.message import ID, KEY, NAME, OWNER, ConversationKind, Inbound, Sender, bounded
from core.parts import Text
from core.store.models import Contact, ContactIdentity, Conversation, Message
from core.testing import START, Shop
from tests.core.stage import echo, play

OTHER = {"other": {"adapter": "core.testing.mock:MockAdapter"}}


def said(key: str, words: str = "hi", who: str = "Mei", **sender: Any) -> Inbound:
    return Inbound(key, who, Sender(who, **sender), (Text(words),), START)


async def accept(shop: Shop, *messages: Inbound, channel: str = "shop") -> None:
    await shop.channel(channel).channel.accept(messages)
    await shop.settle()


async def test_a_known_key_is_acknowledged_and_dropped() -> None:
    async with play(echo()) as shop:
        for _ in range(2):
            await accept(shop, said("k1", "first"), said("k1", "again"))
        assert shop.posts("Mei") == ["first"]
        assert await shop.balance() == {"handled": 1}


async def test_a_known_key_at_the_same_moment() -> None:
    async with play(echo()) as shop:
        accept_ = shop.channel().channel.accept
        await asyncio.gather(*(accept_([said("k1", str(n))]) for n in range(20)))
        await shop.settle()
        assert shop.posts("Mei") == ["0"]


async def test_two_channels_may_share_a_key() -> None:
    async with play(echo(), channels=OTHER) as shop:
        await accept(shop, said("k1", "here"))
        await accept(shop, said("k1", "there"), channel="other")
        assert shop.posts("Mei") == ["here"]
        assert shop.posts("Mei", "other") == ["there"]


async def test_order_within_a_conversation() -> None:
    async with play(echo()) as shop:
        words = [f"w{n}" for n in range(60)]
        accept_ = shop.channel().channel.accept
        deliveries = [[said(w, w) for w in words[n : n + 3]] for n in range(0, 60, 3)]
        await asyncio.gather(*map(accept_, deliveries))
        await shop.settle()
        assert shop.posts("Mei") == words


async def test_people_are_known_again() -> None:
    async with play(channels=OTHER) as shop:
        await accept(shop, said("1", who="a", union_id="U", name="Mei", locale="en-US"))
        await accept(shop, said("2", who="a"))
        await accept(shop, said("3", who="b", union_id="U"), channel="other")
        await accept(shop, said("4", who="b"))
        people = await Contact.all().order_by("id")
        assert [(p.name, p.locale, p.union_id) for p in people] == [
            ("Mei", "en", "U"),
            ("", "", ""),
        ]
        assert await ContactIdentity.filter(contact=people[0]).count() == 2


async def test_a_group_has_many_speakers_and_one_thread() -> None:
    async with play(echo()) as shop:
        mei, bo = shop.member("Mei", "g"), shop.member("Bo", "g")
        await mei.says("one")
        await bo.says("two")
        thread = await shop.conversation("g")
        assert (thread.kind, thread.contact_id) == (ConversationKind.GROUP, None)
        rows = await Message.filter(conversation_id=thread.id, direction="in").order_by("id")
        assert [row.author for row in rows] == ["Mei", "Bo"]
        assert rows[0].contact_id != rows[1].contact_id


async def test_what_is_longer_than_its_column_is_known_again_and_not_refused() -> None:
    who, words = "甲" * (ID + 1), Text("hi")
    sender = Sender(who, name="乙" * 999, union_id="丙" * 999)
    first, twice, other = (
        Inbound(key, who, sender, (words,), START, owner=owner)
        for key, owner in (("戊" * 300, ""), ("戊" * 300, ""), ("戊" * 301, "agent:" + "丁" * 99))
    )
    async with play(echo()) as shop:
        await accept(shop, first, twice, other)
        assert await shop.balance() == {"handled": 2}
        (person,), (thread,) = await ContactIdentity.all(), await Conversation.all()
        assert person.external_id == thread.external_id == bounded(who, ID)
        assert len((await Contact.get()).name) == NAME
        reply = (await Message.filter(direction="out"))[0]
        await shop.channel().channel.mark(reply.id, "failed", "why " * 999)
        assert (await Message.get(id=reply.id)).state == "failed"


async def test_who_types_the_name_of_a_nul_is_answered_like_anybody() -> None:
    """PostgreSQL takes no NUL; taking its name out of JSON left half an escape behind."""
    words = "type \\u0000 or \\\\u0000"
    async with play(echo()) as shop:
        await accept(shop, said("k1", f"{words}\0"), said("k2", "[\0\\\0]", who="Bo\0"))
        assert await shop.balance() == {"handled": 2}
        heard = [message.text.replace("\0", "") for message in shop.channel().sent]
        assert sorted(heard) == ["[\\]", words]


@given(st.integers(0, 300), st.integers(0, 300), st.sampled_from("a二\U0001f600"))
def test_ids_fit_and_stay_as_different_as_they_were(one: int, two: int, letter: str) -> None:
    sender = Sender(letter * one, letter * one, letter * one)
    message = Inbound(letter * two, letter * two, sender, (), START, owner=letter * two)
    assert (message.key == sender.id) == (bounded(letter * one, KEY) == bounded(letter * two, ID))
    assert len(message.key) <= KEY
    assert max(map(len, (message.conversation, sender.id, sender.union_id))) <= ID
    assert (len(sender.name) <= NAME, len(message.owner) <= OWNER) == (True, True)
    kept = msgspec.json.decode(msgspec.json.encode(message), type=Inbound)
    assert kept == message  # as the queue before the ledger keeps it
    assert (bounded(letter * one, 200) == bounded(letter * two, 200)) == (one == two)


async def test_nothing_at_all_is_accepted_too() -> None:
    async with play() as shop:
        await accept(shop)
        assert await shop.balance() == {}


async def test_a_history_as_a_page_shows_it() -> None:
    async with play(echo()) as shop:
        mei = shop.customer("Mei")
        for words in ("a", "b", "c"):
            await mei.says(words)
        channel = shop.channel().channel
        newest = await channel.history("Mei", limit=3)
        assert [(i.direction, i.state) for i in newest] == [
            ("out", "sent"),
            ("in", "handled"),
            ("out", "sent"),
        ]
        since = await channel.history("Mei", after=newest[1].id)
        assert [item.id for item in since] == [newest[2].id]
        assert await channel.history("nobody") == []


async def test_receipts_only_go_up() -> None:
    async with play(echo()) as shop:
        await shop.customer("Mei").says("a")
        channel, row = shop.channel().channel, await Message.get(direction="out")
        for receipt, state in (("read", "read"), ("delivered", "read"), ("sent", "read")):
            await channel.mark(row.id, receipt)
            assert (await Message.get(id=row.id)).state == state
