"""What a lead reads of a day: shares with their targets, how times are spread, made again alike."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.console.figures import BOUNDS, GOALS, Sum, values
from plugins.console.folder import Folder
from plugins.console.models import Tally
from plugins.console.settings import SlaSettings
from tests.plugins.console.desk import Office, Person, Refused, open_desk

PROMISED = {"first_minutes": 10, "resolution_minutes": 90}
SETTINGS = {"plugins": {"handoff": {"policy": "manual"}, "console": {"sla": PROMISED}}}


async def test_a_day_is_told_in_shares_of_what_ought_to_be_reached() -> None:
    async with open_desk(settings=SETTINGS) as office:
        li, lead = await office.opens("li"), await office.opens("lead", "supervisor")
        shop = office.shop
        await shop.customer("Bo").says("请问有蓝色的吗")
        for name, words, minutes in (("Mei", "人工", 2), ("Ai", "太生气了，我要投诉你们", 11)):
            await shop.customer(name).says(words)
            await shop.advance(minutes=minutes)
            await li.says(await office.number(name), "来了", take=True)
        (case,) = (await li.gets("/complaints"))["items"]
        await li.posts(f"/complaints/{case['number']}/steps", rung="soothe", text="安抚好了")
        closing = f"/conversations/{await office.number('Mei')}/close"
        await li.posts(closing, result="solved", ask=True)
        await shop.settle()
        await shop.customer("Mei").says("5")

        report = await lead.gets("/numbers", by="agent")
        total = report["total"]
        assert shares(total) == {
            "contained": (1, 3),
            "satisfied": (1, 1),
            "solved": (1, 1),
            "first_contact": (1, 1),
            "back": (0, 3),
            "kept": (2, 3),
            "soothed": (1, 1),
        }
        assert total["contained"]["mean"] == pytest.approx(0.3333)
        (mine,) = report["rows"]
        assert (mine["key"], shares(mine["values"])["kept"]) == ("li", (2, 3))
        first = mine["values"]["first_response"]
        assert (first["count"], first["within"]) == (2, 0.5)
        assert dict(zip((*report["bounds"], None), first["spread"], strict=True))[300] == 1
        goals = {metric["name"]: metric["target"] for metric in report["metrics"]}
        assert (goals["contained"], goals["satisfied"]) == (0.7, 0.85)
        assert report["from"] < report["to"]
        await what_no_row_can_hold_is_refused_and_no_fault(lead)
        await another_day_is_another_enquiry(office, lead)
        await one_id_of_a_page_in_two_conversations_is_two_messages(lead)


async def what_no_row_can_hold_is_refused_and_no_fault(lead: Person) -> None:
    with pytest.raises(Refused, match="bad-request"):  # longer than any kind of complaint
        await lead.gets("/complaints", q="0" * 99)
    words = {"client": "too-long", "text": "好", "reply_to": 2**70}
    with pytest.raises(Refused, match="64 bit"):
        await lead.posts("/conversations/1/messages", **words)


async def one_id_of_a_page_in_two_conversations_is_two_messages(lead: Person) -> None:
    for number in (1, 2):
        sent = await lead.says(number, "请稍等", client="same-id-1", take=True)
        assert (sent["conversation"], sent["client"]) == (number, "same-id-1")


async def another_day_is_another_enquiry(office: Office, lead: Person) -> None:
    """And whoever only goes on talking asks nothing new."""
    bo = office.shop.customer("Bo")
    await office.shop.advance(hours=7)
    await bo.says("那明天呢")
    await bo.says("后天呢")
    await lead.gets("/strip")  # who asks sees everything so far
    before = await tallies()
    asked = [row for row in before if row["metric"] == "enquiries"]
    assert sum(int(str(row["count"])) for row in asked) == 4
    policy = SlaSettings().policy(office.shop.app.texts.zone)
    await Folder(office.shop.app.writer, office.shop.clock, policy).rebuild()
    assert await tallies() == before


def shares(found: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Each share as its part and its whole."""
    return {
        name: (found[name]["sum"], found[name]["count"])
        for name, goal in GOALS.items()
        if goal.unit == "share" and name in found
    }


async def tallies() -> list[dict[str, object]]:
    spot = ("day", "hour", "channel", "agent", "metric", "bucket")
    return [dict(row) for row in await Tally.all().order_by(*spot).values(*spot, "count", "total")]


def test_times_fall_under_their_bounds_to_the_width_of_a_bucket() -> None:
    times = Sum()
    for seconds in (5, 30, 200, 4000, 100_000):
        times.add(seconds)
    value = values({"first_response": times})["first_response"]
    assert value.spread == [2, 1, 0, 0, 1, 0, 1]
    assert len(value.spread) == len(BOUNDS) + 1
    assert (value.within, value.count) == (0.6, 5)
    assert value.p95 == pytest.approx(100_000, rel=0.1)
