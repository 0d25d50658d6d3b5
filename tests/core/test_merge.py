"""Two contacts that are one person: found, merged, and taken apart again exactly as it was."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.contacts.merge import MergeError
from core.contacts.person import together
from core.parts import Text
from core.store.models import Contact, ContactIdentity, Message
from core.testing import Shop
from tests.core.stage import echo, play

SECOND = {"second": {"adapter": "core.testing.mock:MockAdapter"}}


async def arrive(shop: Shop, *names: str, **sender: Any) -> list[int]:
    for name in names:
        await shop.customer(name, **sender).says("hello")
    rows = {row.external_id: row.contact_id for row in await ContactIdentity.all()}
    return [rows[name] for name in names]


async def picture() -> list[dict[str, Any]]:
    """Who is who, and whose each message is."""
    return [
        *await Contact.all().order_by("id").values(),
        *await ContactIdentity.all().order_by("id").values(),
        *await Message.filter(direction="in").order_by("id").values("id", "contact_id"),
    ]


async def test_a_merge_and_its_undo_leave_everything_as_it_was() -> None:
    async with play(echo()) as shop:
        mei, may = await arrive(shop, "Mei", "May")
        before = await picture()
        merge = await shop.app.contacts.merge(may, mei, "anna")
        assert await together(may) == await together(mei) == [mei, may]
        person = await shop.app.contacts.person(may)
        assert person is not None
        assert (person.contacts, len(person.said)) == ((mei, may), 2)
        assert await shop.app.contacts.undo(merge, "bert") == (may, mei)
        assert await picture() == before
        assert (await together(may), await together(mei)) == ([may], [mei])
        [told] = await shop.events("contact.unmerged")
        assert told == {"merge": merge, "contact": may, "into": mei, "by": "bert"}


async def test_merges_of_merges_come_apart_in_any_order() -> None:
    async with play(echo()) as shop:
        a, b, c, d = await arrive(shop, *"abcd")
        desk = shop.app.contacts
        first, second = await desk.merge(a, b, "anna"), await desk.merge(b, c, "anna")
        third = await desk.merge(d, a, "anna")  # to whoever leads there now
        assert await together(d) == [c, a, b, d]
        await desk.undo(first, "anna")
        assert (await together(a), await together(b)) == ([a], [c, b, d])
        again = await desk.merge(a, c, "anna")
        await desk.undo(second, "anna")
        assert (await together(b), await together(c)) == ([b], [c, a, d])
        await desk.undo(third, "anna")
        await desk.undo(again, "anna")
        assert [await together(one) for one in (a, b, c, d)] == [[a], [b], [c], [d]]
        for contact, into, reason in ((a, a, "same"), (a, 99, "unknown")):
            with pytest.raises(MergeError, match=reason):
                await desk.merge(contact, into, "anna")
        with pytest.raises(MergeError, match="undone"):
            await desk.undo(first, "anna")
        await desk.erase(d, "anna")
        with pytest.raises(MergeError, match="erased"):
            await desk.merge(a, d, "anna")


async def test_a_message_that_comes_while_staff_merge_belongs_to_whom_it_came_from() -> None:
    async with play(echo()) as shop:
        mei, may = await arrive(shop, "Mei", "May")
        desk, said = shop.app.contacts, shop.customer("May")
        merge, _, _ = await asyncio.gather(
            desk.merge(may, mei, "anna"), said.drops(Text("1")), _other_way(shop, mei, may)
        )
        await shop.settle()
        assert (await Message.filter(text="1", direction="in").get()).contact_id == may
        assert await together(may) == [mei, may]
        await desk.undo(merge, "anna")
        await said.says("after")
        assert (await Message.filter(text="after", direction="in").get()).contact_id == may


async def _other_way(shop: Shop, contact: int, into: int) -> None:
    """Somebody else merges the same two the other way round, at the same moment."""
    with pytest.raises(MergeError, match="same"):
        await shop.app.contacts.merge(contact, into, "bert")


async def test_who_is_vouched_for_as_the_same_customer_is_suggested() -> None:
    async with play(echo(), channels=SECOND) as shop:
        await shop.customer("v1", proven={"customer_id": "C-77"}).says("hi")
        await shop.customer("v2", channel="second", proven={"customer_id": "C-77"}).says("hi")
        await shop.customer("v3", proven={"customer_id": "C-7"}).says("hi")
        [one, two, _] = [row.contact_id for row in await ContactIdentity.all().order_by("id")]
        person = await shop.app.contacts.person(one)
        assert person is not None
        assert await shop.app.contacts.alike(person) == {two: ["core.alike_vouched"]}


async def test_erasing_one_erases_the_whole_person() -> None:
    async with play(echo()) as shop:
        mei, may, li = await arrive(shop, "Mei", "May", "Li")
        await shop.app.contacts.merge(may, mei, "anna")
        await shop.app.contacts.erase(may, "anna")
        left = {row.contact_id for row in await ContactIdentity.all()}
        assert left == {li}
        assert [row.name for row in await Contact.all().order_by("id")] == ["", "", "Li"]
