"""What the numbers say of a week: who came back, the weakest link, where time goes, what rises."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from tortoise.transactions import in_transaction

from plugins.console import pages
from plugins.console.folder import Folder
from plugins.console.numbers.models import Enquiry, Outcome
from plugins.console.settings import SlaSettings
from plugins.faq.face import Entry, store
from tests.plugins.console.desk import PLUGINS, Office, Person, Refused, open_desk

pytestmark = pytest.mark.asyncio(loop_scope="module")
SETTINGS = {
    "plugins": {
        "faq": {"encoder": "none"},
        "handoff": {"policy": "manual"},
        "console": {"session_hours": 999},
    }
}
RETURNS = Entry(id="return", question="怎么申请退货？", answer="先在订单里申请。", category="售后")
SIZES = Entry(id="size", question="尺码偏大还是偏小？", answer="按平时的拍。", category="尺码")


@asynccontextmanager
async def opened() -> AsyncGenerator[tuple[Office, Person]]:
    """A shop with a month behind it, and whoever leads it."""
    async with open_desk(plugins=(*PLUGINS, "faq"), settings=SETTINGS) as office:
        async with in_transaction("default"):
            await store([RETURNS, SIZES], office.shop.clock, "import")
        office.shop.app.watch.soon()
        await office.shop.settle()
        lead = await office.opens("lead", "supervisor")
        await a_month(office, await office.opens("li"))
        yield office, lead


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both() -> AsyncGenerator[tuple[Office, Person]]:
    async with opened() as found:
        yield found


@pytest.fixture
def office(both: tuple[Office, Person]) -> Office:
    return both[0]


@pytest.fixture
def lead(both: tuple[Office, Person]) -> Person:
    return both[1]


async def a_month(office: Office, li: Person) -> None:
    """Two weeks ago one asks about sizes; this week three ask about returns, and more happens."""
    shop = office.shop
    await shop.customer("Old").says("尺码偏大还是偏小？")
    await shop.advance(days=14)
    for name in ("Ai", "Bo", "Cy"):
        await shop.customer(name).says("怎么申请退货？")
    for name in ("Dan", "Hu", "Ida", "Jo"):
        await shop.customer(name).says("火星上有门店吗")
    await is_served(office, li, "Mei", wait=2, result="solved")
    await shop.advance(days=1)
    await is_served(office, li, "Mei", wait=8, result="solved")  # back, and served late
    await shop.advance(minutes=1)
    await shop.customer("Mei").says("5")
    await shop.customer("Eve").says("太生气了，质量这么差，我要投诉你们")
    await is_served(office, li, "Fay", wait=2, result="unsolved", minutes=40)
    await is_served(office, li, "Gus", wait=1, result="solved")
    await is_served(office, li, "Gus", wait=1, result="solved")  # a person is wanted again
    await shop.advance(hours=8)
    await shop.customer("Gus").chooses("4 满意")  # which is no other enquiry


async def is_served(
    office: Office, li: Person, name: str, *, wait: float, result: str, minutes: float = 10
) -> None:
    """A person is asked for, takes it after ``wait`` minutes, answers a minute later, closes it."""
    await office.shop.advance(minutes=1)
    await office.shop.customer(name).says("人工")
    number = await office.number(name)
    await office.shop.advance(minutes=wait)
    await li.posts(f"/conversations/{number}/claim")
    await office.shop.advance(minutes=1)
    await li.says(number, "您好，我在")
    await office.shop.advance(minutes=minutes)
    await li.posts(f"/conversations/{number}/close", result=result, ask=True)


def shares(found: dict[str, Any], *names: str) -> list[tuple[int, int]]:
    return [(found[name]["sum"], found[name]["count"]) for name in names]


async def test_who_comes_back_within_a_week_was_not_helped_for_good(lead: Person) -> None:
    report = await lead.gets("/numbers", by="day")
    names = ("first_contact", "second_contact", "solved", "back")
    assert shares(report["total"], *names) == [(0, 3), (2, 2), (4, 5), (1, 12)]
    sheet = (await lead.gets("/numbers.csv", by="agent"))["text"]
    assert "首次解决率,二次解决率" in sheet
    back = await lead.gets("/numbers/lost", step="lasting")
    assert [one["name"] for one in back["items"]] == ["Gus", "Mei"]


async def test_a_person_asked_for_again_opens_what_was_closed(office: Office, lead: Person) -> None:
    await lead.gets("/strip")
    number = await office.number("Gus")
    (enquiry,) = await Enquiry.filter(conversation_id=number)
    assert (enquiry.reopened, enquiry.result, enquiry.turn) == (1, "solved", 1)
    assert (enquiry.returned, enquiry.score) == (False, 4)
    assert await Enquiry.filter(turn=2).count() == 1  # Mei's second


async def test_figures_stand_beside_each_class_and_cause(lead: Person) -> None:
    report = await lead.gets("/numbers", by="topic")
    rows = {row["text"]: row["values"] for row in report["rows"]}
    assert set(rows) == {"售后", "知识库没答上", "投诉：质量", "没归类"}
    assert rows["售后"]["enquiries"]["count"] == 3
    assert rows["售后"]["contained"]["mean"] == 1
    assert rows["投诉：质量"]["complaints"]["count"] == 1
    assert "heard" not in {metric["name"] for metric in report["metrics"]}
    (cause,) = (await lead.gets("/numbers", by="cause"))["rows"]
    assert (cause["text"], cause["values"]["complaints"]["count"]) == ("还没定原因", 1)
    assert "售后" in (await lead.gets("/numbers.csv", by="topic"))["text"]


async def test_the_weakest_link_is_named_with_what_to_do_and_whom_it_lost(lead: Person) -> None:
    found = await lead.gets("/numbers/chain")
    links = {one["name"]: one for one in found["links"]}
    assert list(links) == ["helped", "taken", "prompt", "solved", "well"]
    assert (links["helped"]["part"], links["helped"]["whole"]) == (
        4,
        12,
    )
    assert (links["taken"]["part"], links["taken"]["lost"]) == (4, 1)
    assert (links["prompt"]["part"], links["prompt"]["whole"]) == (3, 4)
    assert found["weakest"] == "helped"  # too few came to any other
    assert links["prompt"]["insight"]["query"] == {"by": "hour"}
    assert "补进知识库" in links["helped"]["insight"]["text"]
    lost = await lead.gets("/numbers/lost", step="helped", limit=2)
    assert lost["more"]
    more = await lead.gets("/numbers/lost", step="helped", after=lost["items"][-1]["id"])
    assert [one["name"] for one in (*lost["items"], *more["items"])].count("Dan") == 1
    for step, name in (("taken", "Eve"), ("prompt", "Mei"), ("solved", "Fay")):
        assert [o["name"] for o in (await lead.gets("/numbers/lost", step=step))["items"]] == [name]
    assert "人工首响及时,4,3,1,0.75,0.9" in (await lead.gets("/numbers/chain.csv"))["text"]


async def test_time_is_told_stage_by_stage_and_what_made_a_late_answer_late(lead: Person) -> None:
    found = await lead.gets("/numbers/stages")
    stages = {one["name"]: one["value"] for one in found["stages"]}
    assert list(stages) == ["bot", "talk", "queue", "reply", "solve"]
    assert stages["queue"]["count"] == 4
    assert stages["queue"]["p90"] == pytest.approx(480, rel=0.1)
    assert stages["reply"]["p50"] == pytest.approx(60, rel=0.1)
    assert stages["solve"]["p90"] == pytest.approx(2400, rel=0.1)
    assert found["late"] == {"queue": 1, "reply": 0}
    begins = [one["begins"] for one in found["stages"]]
    assert begins == sorted(begins)
    assert "排队等人接" in (await lead.gets("/numbers/stages.csv"))["text"]


async def test_what_is_asked_more_than_before_is_told(lead: Person) -> None:
    found = await lead.gets("/numbers/rising")
    rises = {(one["kind"], one["text"]): one for one in found["items"]}
    assert rises["class", "售后"]["ratio"] is None
    assert rises["entry", "怎么申请退货？"]["count"] == 3
    assert not any(text == "尺码偏大还是偏小？" for _, text in rises)
    assert found["weeks"] == 2
    assert "怎么申请退货" in (await lead.gets("/numbers/rising.csv"))["text"]
    (missed,) = (await lead.posts("/numbers/missed"))["items"]
    assert (missed["text"], missed["count"], missed["ratio"]) == ("火星上有门店吗", 4, None)


async def test_a_report_comes_every_week_is_kept_and_those_who_lead_hear_of_it(
    office: Office, lead: Person
) -> None:
    kept = (await lead.gets("/numbers/reports"))["items"]
    assert {(one["kind"], one["begin"]) for one in kept} >= {
        ("week", "2026-11-23"),
        ("month", "2026-11-01"),
    }
    (told, *_) = await office.shop.events("desk.report")
    assert (told["report"], told["to"]) == ("week", ["lead"])
    assert told["link"] == "/desk/api/numbers/reports/week/2026-11-23/report.html"
    page = (await lead.gets("/numbers/reports/week/2026-11-23/report.html"))["text"]
    assert "2026-11-23 到 2026-11-29" in page
    day = (office.shop.clock.now()).date()
    page = (await lead.gets("/numbers/report.html", kind="week", of=str(day)))["text"]
    assert all(words in page for words in ("首次解决率", "机器人没接住的", "售后", "怎么申请退货"))
    assert "<script" not in page
    english = await lead.gets("/numbers/report.html", kind="month", locale="en")
    assert "Solved at first contact" in english["text"]
    for far in ("0001-01-01", "9999-12-31"):
        with pytest.raises(Refused, match="bad-request"):
            await lead.gets("/numbers/report.html", of=far)
        with pytest.raises(Refused, match="bad-request"):
            await lead.gets("/numbers/rising", to=far)
    with pytest.raises(Refused, match="not-found"):
        await lead.gets("/numbers/reports/week/2020-01-06/report.html")


@pytest.mark.parametrize("size", [1, 7])
async def test_pages_of_any_size_make_the_same_outcomes(
    office: Office, lead: Person, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lead.gets("/numbers")
    before = await outcomes()
    monkeypatch.setattr(pages, "PAGE", size)
    policy = SlaSettings().policy(office.shop.app.texts.zone)
    await Folder(office.shop.app.writer, office.shop.clock, policy).rebuild()
    after = await outcomes()
    assert [row for row in after if row not in before] == []
    assert [row for row in before if row not in after] == []
    assert all(row["count"] for row in before if "metric" in row)


async def outcomes() -> list[dict[str, object]]:
    rows = [*await Outcome.all().values(), *await Enquiry.all().values()]
    plain = [{name: value for name, value in row.items() if name != "id"} for row in rows]
    return sorted(plain, key=str)
