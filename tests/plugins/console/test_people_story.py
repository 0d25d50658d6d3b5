"""The page of a person: one history from two channels, taken apart again; exported; erased."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from core.effects import Effects
from core.store.commit import by_hand
from core.store.models import ContactIdentity
from plugins.complaints.models import Complaint
from plugins.console.folder import Folder
from plugins.console.models import AuditLine, ContactCard, Tally
from plugins.console.settings import SlaSettings
from plugins.orders.face import Order, OrderRow, store
from tests.plugins.console.desk import Office, Person, Refused, open_desk

SECOND = {"second": {"adapter": "core.testing.mock:MockAdapter"}}
PHONE, ANGRY = "13812345678", "太生气了，质量这么差，我要投诉你们"
ORDER = {"number": "A20261123001", "phone": PHONE, "status": "paid", "buyer": "梅小姐"}
TRACE = "查一下订单 A20261123001 到哪了"


async def stock(office: Office) -> None:
    effects = Effects(office.shop.clock, office.shop.app.texts, "zh_CN")
    orders = [Order.model_validate({**ORDER, "items": [{"title": "羽绒服"}]})]

    async def write() -> None:
        await store(orders, office.shop.clock)

    effects.write(write)
    await office.shop.app.commit.write(effects, by_hand())


async def mei_on_two_channels(office: Office) -> tuple[int, int]:
    """The same woman on two channels: both times she proves the same order."""
    await stock(office)
    one, two = office.shop.customer("梅-微信"), office.shop.customer("梅-网页", channel="second")
    for who in (one, two):
        await who.says(TRACE)
        await who.says("5678")
    await two.says(ANGRY)
    rows = {row.external_id: row.contact_id for row in await ContactIdentity.all()}
    return rows["梅-微信"], rows["梅-网页"]


async def proof(admin: Person) -> dict[str, Any]:
    return await admin.gets("/audit/proof")


async def test_two_contacts_are_found_to_be_one_and_taken_apart_again() -> None:
    async with open_desk(channels=SECOND) as office:
        one, two = await mei_on_two_channels(office)
        li = await office.opens("li")
        (alike,) = (await li.gets(f"/contacts/{one}/alike"))["items"]
        assert (alike["id"], alike["why"]) == (two, ["查过同一个收货手机的订单"])
        before = await li.gets(f"/contacts/{one}"), await li.gets(f"/contacts/{two}")
        await li.puts(f"/contacts/{two}", tags=["怕冷"])
        whole = await li.posts(f"/contacts/{one}/merge", contact=two)
        assert (whole["id"], whole["contacts"], whole["tags"]) == (one, [one, two], ["怕冷"])
        assert [past["channel"] for past in whole["conversations"]] == ["second", "shop"]
        assert len(whole["complaints"]) == 1
        assert whole["may"] == {"merge": True, "export": False, "erase": False}
        assert {one["account"] for one in whole["identities"]} == {"***"}  # masked by role
        assert (await li.gets(f"/contacts/{two}"))["id"] == one
        await office.shop.customer("梅-微信").says(ANGRY)  # joins the case of the other channel
        assert await Complaint.all().count() == 1
        cards = (await li.gets("/conversations", view="all"))["items"]
        assert len({card["complaint"] for card in cards}) == 1  # both show the case of one person
        await li.puts(f"/contacts/{two}", tags=[])
        await li.asks("DELETE", f"/merges/{whole['merges'][0]['id']}")
        await ContactCard.all().delete()
        after = await li.gets(f"/contacts/{one}"), await li.gets(f"/contacts/{two}")
        assert [one["contacts"] for one in after] == [one["contacts"] for one in before]
        assert [len(one["complaints"]) for one in after] == [0, 1]
        with pytest.raises(Refused, match="merge-undone"):
            await li.asks("DELETE", f"/merges/{whole['merges'][0]['id']}")
        assert [one["name"] for one in (await li.gets("/contacts", q="网页"))["items"]] == [
            "梅-网页"
        ]


async def test_export_and_erase_are_for_those_who_lead_and_leave_no_byte(tmp_path: Path) -> None:
    async with open_desk(folder=tmp_path, channels=SECOND) as office:
        one, two = await mei_on_two_channels(office)
        li, boss = await office.opens("li"), await office.opens("boss", "admin")
        await li.puts(f"/contacts/{two}", remark="梅小姐住在桂花路", tags=["怕冷"])
        reason = {"order": ORDER["number"], "reason": "梅小姐要改地址"}
        await li.posts(f"/contacts/{two}/reveal", **reason)
        for path, body in (("export", {}), ("erase", {"confirm": two})):
            with pytest.raises(Refused, match="not-allowed"):
                await li.posts(f"/contacts/{two}/{path}", **body)
        held = (await boss.posts(f"/contacts/{two}/export"))["held"]
        assert held["orders.OrderRow"][0]["phone"] == PHONE
        assert held["console.ContactCard"][0]["remark"] == "梅小姐住在桂花路"
        assert held["complaints.Complaint"][0]["notes"][0]["text"] == ANGRY
        with pytest.raises(Refused) as refused:
            await boss.posts(f"/contacts/{two}/erase", confirm=two)
        assert "投诉" in refused.value.error["reasons"][0]
        await office.shop.settle()
        await boss.gets("/conversations")  # whoever asks sees all that was said
        before, policy = await tallies(), SlaSettings().policy(office.shop.app.texts.zone)
        await boss.posts(f"/contacts/{one}/merge", contact=two)
        await boss.posts(f"/contacts/{one}/erase", confirm=one, force=True)
        await office.shop.settle()
        await Folder(office.shop.app.writer, office.shop.clock, policy).rebuild()
        assert await tallies() == before
        assert (await OrderRow.get()).status == "paid"  # the sale stays a sale
        words = ("梅小姐", "怕冷", "桂花路", PHONE, "梅-网页", "梅-微信", "质量这么差")
        kept = everything(tmp_path)
        assert [word for word in words if word.encode() in kept] == []
        gone = [line.about for line in await AuditLine.filter(act="contact-erased")]
        assert sorted(gone) == sorted(map(str, (one, two)))
        assert (await proof(boss))["whole"]
        await AuditLine.filter(act="contact-merged").update(data={"erased": True})
        assert not (await proof(boss))["whole"]  # only what erasing takes may be gone
        with pytest.raises(Refused):
            await boss.posts(f"/contacts/{two}/erase", confirm=one)


async def tallies() -> dict[str, int]:
    """All numbers of the desk that are made of ledger and journal."""
    found: Counter[str] = Counter()
    for row in await Tally.all():
        found[f"{row.day} {row.hour} {row.channel} {row.metric} {row.bucket}"] += row.count
    return dict(found)


def everything(folder: Path) -> bytes:
    """Every byte of the shop's folder."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    return b"".join(file.read_bytes() for file in files)
