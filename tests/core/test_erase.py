"""One customer asks for what we keep of them, and then to be forgotten (S-486)."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from core.contacts import archives
from core.contacts.erase import Erasure
from core.contacts.obstacles import Bar, Barred, OnTheWay
from core.contacts.office import Contacts
from core.contacts.person import Person
from core.effects import Address, Effects, Post
from core.message import ConversationKind
from core.parts import Image, Text
from core.plugin import Plugin
from core.store.models import (
    Contact,
    ContactIdentity,
    Conversation,
    Deadline,
    Message,
)
from core.testing import Shop
from core.turn import Turn
from tests.core.stage import play

PHONE, WORDS, OPENID = "13812345678", "my parrot is named Archimedes", "openid-4711-abcdefgh"
STAFF = Address("shop", "staff", ConversationKind.GROUP)


def diary() -> Plugin:
    """A plugin that remembers, tells staff, writes to the journal and sets a clock."""
    plugin = Plugin("diary")

    @plugin.on(always=True)
    async def keep(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.say(f"You said {turn.message.text}")
        if turn.conversation.kind is ConversationKind.DIRECT:
            turn.memory["last"] = turn.message.text
            turn.post(Post((Text(f"{turn.contact.name} told: {turn.message.text}"),), to=STAFF))
            turn.emit("diary.kept", said=turn.message.text, score=3, reason="asked")
            turn.at(timedelta(days=3), "diary.ring", str(turn.message.id), said=turn.message.text)

    return plugin


def everything(folder: Path) -> bytes:
    """Every byte of the shop's folder, packed files unpacked."""
    found = bytearray()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            raw = file.read_bytes()
            found += gzip.decompress(raw) if file.suffix == ".gz" else raw
    return bytes(found)


async def talk(shop: Shop) -> int:
    mei = shop.customer("Mei Archer", proven={"phone": PHONE})
    mei.sender = type(mei.sender)(id=OPENID, name="Mei Archer", proven={"phone": PHONE})
    mei.conversation = OPENID
    await mei.says(f"{WORDS}, call {PHONE}")
    await mei.sends(Text(WORDS), Image(url="https://example.test/parrot.jpg"))
    return (await ContactIdentity.get(external_id=OPENID)).contact_id


async def test_erased_means_that_no_byte_of_the_person_is_left_on_the_disk(tmp_path: Path) -> None:
    async with play(diary(), folder=tmp_path) as shop:
        contact = await talk(shop)
        await shop.advance(days=40)
        await shop.app.archive.sweep(30)
        li = shop.customer("Li")
        await li.says("hello there")
        await talk(shop)
        before, rows = await shop.balance(), await Message.all().count()
        channel = shop.channel().channel
        await channel.remember("mass:list:1", f"openid-1 {OPENID} openid-2")
        await channel.remember("served", f'{{"{OPENID}":"agent:Li","openid-1":"queue"}}')
        assert WORDS.encode() in everything(tmp_path)
        counts = await shop.app.contacts.erase(contact, "tester")
        assert counts["archive"] > 0
        for word in (WORDS, PHONE, OPENID, "Mei Archer", "parrot.jpg"):
            assert word.encode() not in everything(tmp_path), word
        assert b"You said hello there" in everything(tmp_path)  # nobody else was touched
        assert await channel.recall("mass:list:1") == "openid-1 openid-2"
        assert await channel.recall("served") == '{"openid-1":"queue"}'
        assert (await shop.balance(), await Message.all().count()) == (before, rows)
        assert [row.data for row in await Deadline.filter(state="waiting")] == [
            {"said": "hello there"}
        ]
        others, *theirs = await shop.events("diary.kept")
        assert others == {"said": "hello there", "score": 3, "reason": "asked"}
        assert theirs == [{"said": "", "score": 3, "reason": "asked"}] * 2


async def test_who_comes_back_is_somebody_new_and_the_line_that_tells_of_it_names_nobody(
    tmp_path: Path,
) -> None:
    async with play(diary(), folder=tmp_path) as shop:
        contact = await talk(shop)
        await shop.app.contacts.erase(contact, "tester")
        assert await talk(shop) != contact
        assert (await Contact.get(id=contact)).erased_at == shop.clock.now()
        assert (await Message.filter(contact_id=contact, direction="in")).pop().text == ""
        [told] = await shop.events("contact.erased")
        assert told == {"contact": contact, "contacts": [contact], "by": "tester"}
        again = await shop.app.contacts.erase(contact, "tester")
        assert (again["core.ContactIdentity"], again["core.Conversation"]) == (0, 1)


async def test_a_process_that_remembers_the_person_is_told_before_another_one_erases() -> None:
    async with play(diary()) as shop:
        contact, app = await talk(shop), shop.app
        other = Contacts(
            writer=app.writer,
            commit=app.commit,
            clock=app.clock,
            people=[],  # it cannot reach into the memory of the process that serves
            plugins=app.registry.plugins,
            folder=app.settings.data / "archive",
            crowded=lambda: True,
            effects=lambda: Effects(app.clock, app.texts, "en"),
        )
        await other.erase(contact, "tester")
        assert await talk(shop) != contact
        assert await Message.filter(contact_id=contact).exclude(text="").count() == 0


async def test_killed_in_the_middle_the_person_is_still_known_and_the_same_command_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with play(diary(), folder=tmp_path) as shop:
        contact = await talk(shop)
        await shop.advance(days=40)
        await shop.app.archive.sweep(30)
        await talk(shop)
        for place, name in ((archives, "_rewrite"), (Erasure, "_refuse")):
            with monkeypatch.context() as patch:
                patch.setattr(place, name, _killed)
                with pytest.raises(RuntimeError):
                    await shop.app.contacts.erase(contact, "tester")
            assert (await ContactIdentity.get(external_id=OPENID)).contact_id == contact
        await shop.app.contacts.erase(contact, "tester")
        assert WORDS.encode() not in everything(tmp_path)


def _killed(*_: object) -> None:
    raise RuntimeError("killed")


async def test_a_message_under_way_and_a_plugin_with_a_reason_stand_in_the_way() -> None:
    plugin = diary()

    @plugin.hinders
    async def open_case(person: Person) -> list[Bar]:  # pyright: ignore[reportUnusedFunction]
        return [Bar("diary.case", {"contact": person.lead})]

    async with play(plugin) as shop:
        contact = await talk(shop)
        with pytest.raises(Barred) as barred:
            await shop.app.contacts.erase(contact, "tester")
        assert barred.value.bars == (Bar("diary.case", {"contact": contact}),)
        await Message.filter(direction="in").update(state="accepted")
        with pytest.raises(OnTheWay):
            await shop.app.contacts.erase(contact, "tester", force=True)
        with pytest.raises(LookupError):
            await shop.app.contacts.erase(99, "tester")


async def test_what_was_said_in_a_group_goes_and_the_group_stays(tmp_path: Path) -> None:
    async with play(diary(), folder=tmp_path) as shop:
        await shop.member("Mei", "knitters").says(WORDS)
        await shop.member("Li", "knitters").says("mine is a cat")
        contact = (await ContactIdentity.get(external_id="Mei")).contact_id
        exported = await shop.app.contacts.export(await _person(shop, contact))
        said = [row["text"] for row in exported["held"]["core.Message"]]
        assert said == [WORDS, f"You said {WORDS}"]
        await shop.app.contacts.erase(contact, "tester")
        assert [row.text for row in await Message.all().order_by("id")] == [
            *("", ""),
            *("mine is a cat", "You said mine is a cat"),
        ]
        assert (await Conversation.get()).external_id == "knitters"


async def test_the_export_holds_the_ledger_the_archive_and_the_files(tmp_path: Path) -> None:
    async with play(diary(), folder=tmp_path) as shop:
        contact = await talk(shop)
        await shop.advance(days=40)
        await shop.app.archive.sweep(30)
        await talk(shop)
        await shop.channel().channel.remember("mass:list:1", f"{OPENID} openid-of-a-stranger")
        found = await shop.app.contacts.export(await _person(shop, contact))
        assert b"stranger" not in orjson.dumps(found["held"])
        assert found["held"]["core.ChannelNote"][0]["name"] == "mass:list:1"
        assert found["format"] == "xiaoer.contact/1"
        assert [one["url"] for one in found["media"]] == ["https://example.test/parrot.jpg"] * 2
        held = found["held"]
        assert held["core.ContactIdentity"][0]["proven"] == {"phone": PHONE}
        assert held["core.Conversation"][0]["memory"] == {"diary": {"last": WORDS}}
        assert {row["data"].get("said") for row in held["core.Deadline"]} >= {WORDS}
        archived = [row["text"] for row in found["archive"]["message"]]
        assert f"{WORDS}, call {PHONE}" in archived
        assert len(archived) == 6  # two messages, each answered, each told to staff


async def _person(shop: Shop, contact: int) -> Person:
    person = await shop.app.contacts.person(contact)
    assert person is not None
    return person
