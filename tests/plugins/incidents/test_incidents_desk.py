"""Incidents at the desk: a lead opens, tells, compensates with a second person, and ends it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from core.store.models import ContactIdentity
from plugins.incidents.models import Affected
from tests.plugins.console.desk import Office, Person, Refused, open_desk

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLUGINS = ("handoff", "compensation", "incidents", "complaints", "orders", "groups", "console")
STAFF = {"channel": "shop", "conversation": "back-office", "kind": "group"}
SETTINGS = {"plugins": {"incidents": {"look_seconds": 7200}, "handoff": {"staff": STAFF}}}
FAULT = {
    "kind": "fault",
    "title": "付款故障",
    "words": ["付不了款"],
    "answer": "正在抢修，请稍等。",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office() -> AsyncGenerator[Office]:
    async with open_desk(plugins=PLUGINS, settings=SETTINGS) as office:
        yield office


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def li(office: Office) -> Person:
    return await office.opens("li")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lead(office: Office) -> Person:
    return await office.opens("lead", "supervisor")


async def contact(office: Office, name: str) -> int:
    await office.shop.customer(name).says("在吗")
    return (await office.shop.conversation(name)).contact_id or 0


async def test_an_incident_from_its_opening_to_its_end(
    office: Office, lead: Person, li: Person
) -> None:
    boss = await office.opens("boss", "admin")
    with pytest.raises(Refused, match="not-allowed"):
        await li.posts("/incidents", **FAULT)
    opened = await lead.posts("/incidents", **FAULT)
    one = f"/incidents/{opened['number']}"
    assert [clock["state"] for clock in opened["clocks"]] == ["running"] * 3
    assert (await li.gets("/strip"))["incidents"] == 1
    people = [await contact(office, name) for name in ("Mei", "Bo")]
    joined = await lead.posts(f"{one}/people", contacts=people, orders=["A404"])
    assert (joined["incident"]["people"], joined["strangers"]) == (2, ["A404"])
    with pytest.raises(Refused, match="unlawful"):
        await lead.posts(f"{one}/notify", text="给五星好评就返现")
    await lead.posts(f"{one}/notify", text="付款正在恢复。", rooms=[])
    await office.shop.settle()
    rows = (await li.gets(f"{one}/people"))["items"]
    assert [(row["standing"], row["notice"]) for row in rows] == [("notified", "sent")] * 2
    await lead.posts(f"{one}/plan", text="二十分钟内恢复。")
    page = await li.gets(f"{one}/people", limit=1)
    assert len((await li.gets(f"{one}/people", after=page["next"]))["items"]) == 1

    gift = await lead.posts(f"{one}/compensate", fen=20000, priority=True, reason="付款故障")
    assert (gift["state"], gift["total"], gift["mine"]) == ("proposed", 40000, False)
    for person in (lead, li):
        with pytest.raises(Refused) as refused:
            await person.posts(f"/compensations/{gift['number']}/approve")
        assert refused.value.code == "denied"
    (waits,) = (await boss.gets("/compensations"))["items"]
    assert waits["mine"]
    await boss.posts(f"/compensations/{gift['number']}/approve")
    await office.shop.settle()
    assert (await lead.gets(one))["standings"]["compensated"] == 2
    ended = await lead.posts(f"{one}/resolve", text="已恢复，让您久等了。")
    assert ended["state"] == "resolved"
    with pytest.raises(Refused, match="incident-moved"):
        await lead.posts(f"{one}/resolve", text="再说一遍")
    await office.shop.settle()
    assert (await lead.gets(one))["standings"]["closed"] == 2
    assert (await li.gets("/incidents"))["items"] == []
    over = (await li.gets("/incidents", state="ended"))["items"]
    assert opened["number"] in {incident["number"] for incident in over}
    acts = [line["act"] for line in (await boss.gets("/audit", q="incident"))["items"]]
    assert {"incident-opened", "incident-notified", "incident-resolved"} <= set(acts)


async def test_a_notice_goes_to_the_groups_that_a_lead_has_chosen(
    office: Office, lead: Person, li: Person
) -> None:
    shop = office.shop
    await shop.member("Bo", "fans").says("付不了款啊")
    for name in ("moms", "beauty", "back-office"):
        await shop.member(f"Al-{name}", name).says("大家好")
    opened = await lead.posts("/incidents", **FAULT)
    one = f"/incidents/{opened['number']}"
    speaker = await ContactIdentity.get(external_id="Bo")
    await lead.posts(f"{one}/people", contacts=[speaker.contact_id])
    with pytest.raises(Refused, match="not-allowed"):
        await li.gets(f"{one}/rooms")
    rooms = {room["name"]: room for room in (await lead.gets(f"{one}/rooms"))["items"]}
    assert {"fans", "moms", "beauty"} <= set(rooms)
    assert "back-office" not in rooms  # where staff read notices
    await Affected.filter(contact_id=speaker.contact_id).update(heard_in=rooms["fans"]["id"])
    await lead.posts(f"{one}/notify", text="付款正在恢复。", rooms=[rooms["moms"]["id"]])
    await shop.settle()
    told = {name: "付款正在恢复。" in shop.posts(name) for name in ("fans", "moms", "beauty")}
    assert told == {"fans": False, "moms": True, "beauty": False}
    now = {room["name"]: room["told"] for room in (await lead.gets(f"{one}/rooms"))["items"]}
    assert {name: now[name] for name in told} == told
    await lead.posts(f"{one}/notify", rooms=[rooms["fans"]["id"]])  # whom it told stays told
    await lead.posts(f"{one}/resolve", text="付款已恢复。")
    await shop.settle()
    over = {name: "付款已恢复。" in shop.posts(name) for name in told}
    assert over == {"fans": True, "moms": True, "beauty": False}


async def test_the_customer_of_a_complaint_is_compensated_within_the_agents_limit(
    office: Office, li: Person
) -> None:
    mei = office.shop.customer("Cup")
    await mei.says("杯子收到就是碎的，太气人了，我要投诉")
    (case,) = (await li.gets("/complaints", q="Cup"))["items"]
    path = f"/complaints/{case['number']}/compensate"
    with pytest.raises(Refused) as refused:
        await li.posts(path, fen=1500, reason="删掉差评就补")
    assert "差评" in refused.value.error["fields"]["reason"]
    gift = await li.posts(path, fen=1500, reason="杯子到手碎了")
    await office.shop.settle()
    assert gift["state"] == "approved"
    mei.hears("15.00")
    with pytest.raises(Refused, match="denied"):
        await li.posts(path, fen=500, reason="再补一点")


async def test_who_closed_a_case_asks_again_and_a_lead_takes_the_evidence(
    office: Office, lead: Person, li: Person
) -> None:
    await office.shop.customer("Angry").says("太生气了，质量这么差，我要投诉你们")
    (case,) = (await li.gets("/complaints", q="Angry"))["items"]
    one = f"/complaints/{case['number']}"
    why = {"cause": "quality", "blame": "仓库", "solution": "退款"}
    await li.posts(f"{one}/steps", rung="close", text="已退款", **why)
    (task,) = (await li.gets("/follow-ups"))["items"]
    assert (task["number"], task["overdue"]) == (case["number"], False)
    left = await li.posts(f"{one}/follow-up", result="satisfied", text="收到退款了")
    assert left["items"] == []
    with pytest.raises(Refused, match="not-found"):
        await li.posts(f"{one}/follow-up", result="satisfied")
    with pytest.raises(Refused, match="not-allowed"):
        await li.gets(f"{one}/evidence.zip")
    url = f"{office.shop.app.server.url}/desk/api{one}/evidence.zip"
    async with lead.browser.get(url) as answer:
        assert answer.content_type == "application/zip"
        assert (await answer.read())[:2] == b"PK"
