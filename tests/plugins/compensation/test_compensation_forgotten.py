"""Who is erased leaves figures in the books of compensation, and no words (S-486)."""

from __future__ import annotations

import pytest

from core.store.models import Contact, JournalEntry, Message
from core.testing import open_shop
from plugins.compensation.face import Denied, Grant, Proposal, Wish
from tests.plugins.compensation.counter import (
    BOSS,
    LEAD,
    LI,
    PLUGINS,
    SETTINGS,
    approves,
    people,
    proposes,
    refuses,
)

HERS, NO, HIS = "梅女士割伤了手", "梅女士说是自己摔的", "锅底脱落"


async def test_the_reason_of_a_compensation_is_shown_to_the_customer_and_goes_with_them() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        mei, bo = await people(shop, "Mei", "Bo")
        large = await proposes(shop, LI, Wish("complaint:C1", [mei], 9900, HERS))
        await refuses(shop, large.number, LEAD, NO)
        small = await proposes(shop, LI, Wish("complaint:C2", [mei], 500, HERS))
        other = await proposes(shop, LI, Wish("complaint:C3", [bo], 9900, HIS))
        assert HERS in shop.posts("staff")[0]

        person = await shop.app.contacts.person(mei)
        assert person is not None
        held = str(await shop.app.contacts.export(person))
        assert all(word in held for word in (HERS, NO, large.number, small.number))
        assert HIS not in held

        counts = await shop.app.contacts.erase(mei, "tester")
        assert counts["compensation.Proposal"] == 2
        rows = {row.number: row for row in await Proposal.all()}
        hers = [rows[one.number] for one in (large, small)]
        assert [(row.reason, row.why) for row in hers] == [("", "")] * 2
        assert [(row.state, row.total) for row in hers] == [("refused", 9900), ("granted", 500)]
        assert (await Grant.get()).fen == 500
        left = [row.text for row in await Message.all()]
        left += [str(row.data) for row in await JournalEntry.all()]
        assert not [text for text in left if HERS in text or NO in text]
        assert rows[other.number].reason == HIS
        assert any(HIS in text for text in left)


async def test_who_else_a_compensation_is_for_is_shown_to_nobody() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        mei, bo = await people(shop, "Mei", "Bo")
        await proposes(shop, LI, Wish("incident:I1", [mei, bo], 9900, "整批漏发"))
        person = await shop.app.contacts.person(mei)
        assert person is not None
        (row,) = (await shop.app.contacts.export(person))["held"]["compensation.Proposal"]
        assert row["reason"] == "整批漏发"
        assert "people" not in row


async def test_what_came_by_a_merge_is_still_theirs_when_the_merge_is_undone() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        mei, bo = await people(shop, "Mei", "Bo")
        large = await proposes(shop, LI, Wish("complaint:C1", [bo], 9900, HIS))
        merge = await shop.app.contacts.merge(bo, mei, "tester")
        await approves(shop, large.number, LEAD)
        assert (await Grant.get()).contact_id == mei
        await shop.app.contacts.undo(merge, "tester")
        for contact in (mei, bo):
            person = await shop.app.contacts.person(contact)
            assert person is not None
            assert (await shop.app.contacts.counts(person))["compensation.Proposal"] == 1


async def test_a_number_that_only_looks_alike_is_another_person() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        (mei,) = await people(shop, "Mei")
        bo = await Contact.create(id=int(f"{mei}{mei}"), name="Bo", created_at=shop.clock.now())
        await proposes(shop, LI, Wish("complaint:C1", [bo.id], 9900, HIS))
        counts = await shop.app.contacts.erase(mei, "tester")
        assert counts["compensation.Proposal"] == 0
        assert (await Proposal.get()).reason == HIS


async def test_who_was_erased_meanwhile_got_a_voucher_that_nobody_can_spend() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        mei, bo = await people(shop, "Mei", "Bo")
        hers = await proposes(shop, LI, Wish("complaint:C1", [mei], 9900, HERS))
        both = await proposes(shop, LI, Wish("incident:I1", [mei, bo], 9900, "整批漏发"))
        await shop.app.contacts.erase(mei, "tester")
        with pytest.raises(Denied, match="nobody"):
            await approves(shop, hers.number, LEAD)
        await refuses(shop, hers.number, LEAD, "")
        await approves(shop, both.number, BOSS)
        assert [row.contact_id for row in await Grant.all()] == [bo]
