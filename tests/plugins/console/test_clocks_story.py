"""Promises of time in a running shop: warned at four fifths, told when broken, kept when kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.effects import Effects
from core.store.commit import by_hand
from core.testing import START
from plugins.console.folder import Folder
from plugins.console.models import AuditLine, Promise, Thread
from plugins.console.settings import SlaSettings
from plugins.console.sla.terms import adopt, terms_of
from tests.plugins.console.desk import PASSWORD, Office, Person, open_desk

ROOM = {"channel": "shop", "conversation": "staff-room", "kind": "group"}
SETTINGS = {
    "plugins": {
        "console": {"sla": {"first_minutes": 10, "next_minutes": 5, "resolution_minutes": 60}},
        "handoff": {"staff": ROOM, "policy": "manual", "answer_within": 600},
    }
}


async def test_a_late_first_word_is_warned_of_and_told() -> None:
    async with open_desk(settings=SETTINGS) as office:
        shop = office.shop
        li = await office.opens("li")
        await shop.customer("Mei").says("人工")
        (card,) = (await li.gets("/conversations", view="queue"))["items"]
        assert (card["clock"]["what"], card["clock"]["state"]) == ("first", "running")
        told = len(shop.posts("staff-room"))
        await shop.advance(minutes=8, seconds=1)
        (card,) = (await li.gets("/conversations", view="queue"))["items"]
        assert card["clock"]["state"] == "warned"
        assert len(shop.posts("staff-room")) == told + 1
        assert "首次响应快超时" in shop.posts("staff-room")[-1]
        assert (await li.gets("/strip"))["queue"] == 1
        await shop.advance(minutes=2)
        assert await shop.events("sla.breached") == [
            {"conversation": card["id"], "what": "first", "owner": "queue"}
        ]
        opened = await li.gets(f"/conversations/{card['id']}")
        assert [c["state"] for c in opened["clocks"]] == ["breached", "running"]
        assert (await li.gets("/strip"))["overdue"] == 1
        lead = await office.opens("lead", "supervisor")
        everything = (await lead.gets("/conversations", view="all"))["items"]
        assert [each["id"] for each in everything] == [card["id"]]  # not the room of staff
        await li.says(card["id"], "来了，让您久等", take=True)
        opened = await li.gets(f"/conversations/{card['id']}")
        assert [c["state"] for c in opened["clocks"]] == ["breached", "running"]
        assert opened["clocks"][0]["met_at"] is not None


async def test_an_answer_in_time_starts_nothing_and_closing_ends_all() -> None:
    async with open_desk(settings=SETTINGS) as office:
        shop = office.shop
        li = await office.opens("li")
        mei = shop.customer("Mei")
        await mei.says("人工")
        number = await office.number("Mei")
        await li.says(number, "您好，我是小李", take=True)
        await shop.advance(minutes=3)
        await mei.says("衣服什么时候发货")
        await li.gets("/strip")  # what was promised is read with the list
        await shop.advance(minutes=4, seconds=30)
        opened = await li.gets(f"/conversations/{number}")
        assert {c["what"]: c["state"] for c in opened["clocks"]} == {
            "first": "met",
            "next": "warned",
            "resolution": "running",
        }
        assert (await li.gets("/strip"))["due_soon"] == 1
        await li.says(number, "明天就发")
        await li.posts(f"/conversations/{number}/close", result="solved")
        await shop.advance(hours=2)
        assert await shop.events("sla.breached") == []


async def promises(office: Office, **minutes: Any) -> dict[str, int] | None:
    """Other settings from now on, as the command and the next start have it."""
    shop = office.shop
    effects = Effects(shop.clock, shop.app.texts, "zh_CN")
    terms = terms_of(SlaSettings.model_validate(minutes), shop.app.texts.zone)
    moved = await adopt(effects, terms, "cli:test")
    await shop.app.commit.write(effects, by_hand())
    await shop.settle()
    return moved


async def clocks(person: Person, number: int) -> dict[str, tuple[str, int]]:
    """State and minutes left of each promise."""
    opened = await person.gets(f"/conversations/{number}")
    now = person.shop.clock.now()
    ends = {c["what"]: datetime.fromisoformat(c["due_at"]) for c in opened["clocks"]}
    return {
        c["what"]: (c["state"], round((ends[c["what"]] - now).total_seconds() / 60))
        for c in opened["clocks"]
    }


async def test_other_terms_move_what_is_open_and_no_stamp_with_one_line_of_audit() -> None:
    async with open_desk(settings=SETTINGS) as office:
        shop = office.shop
        li = await office.opens("li")
        for name in ("Mei", "Bo"):
            await shop.customer(name).says("人工")
        mei, bo = await office.number("Mei"), await office.number("Bo")
        await shop.advance(minutes=4)
        await li.says(mei, "您好", take=True)
        assert await clocks(li, mei) == {"first": ("met", 6), "resolution": ("running", 56)}
        first = await li.gets(f"/conversations/{mei}")
        await shop.advance(seconds=1)
        moved = await promises(office, first_minutes=30, resolution_minutes=20)
        assert moved == {"open": 3, "sooner": 2, "later": 1, "dropped": 0}
        assert (await clocks(li, bo)) == {"first": ("running", 26), "resolution": ("running", 16)}
        assert (await li.gets(f"/conversations/{mei}"))["clocks"][0] == first["clocks"][0]
        assert await promises(office, first_minutes=30, resolution_minutes=20) is None
        await shop.advance(minutes=17)
        broken = [(e["conversation"], e["what"]) for e in await shop.events("sla.breached")]
        assert sorted(broken) == [(mei, "resolution"), (bo, "resolution")]
        await promises(office, first_minutes=5, resolution_minutes=90)
        assert await clocks(li, bo) == {"first": ("warned", 0), "resolution": ("breached", 69)}
        lines = await AuditLine.filter(act="sla-changed").order_by("id")
        assert [line.data["open"] for line in lines] == [3, 3]
        assert lines[0].data["before"]["first_minutes"] == 10.0
        assert await Promise.all().count() == 3
        before = {t.conversation_id: t.clocks for t in await Thread.all()}
        zone = shop.app.texts.zone
        await Folder(shop.app.writer, shop.clock, SlaSettings().policy(zone)).rebuild()
        assert {t.conversation_id: t.clocks for t in await Thread.all()} == before
        wang = await office.opens("wang", "supervisor")
        await wang.puts("/settings/console/sla.resolution_minutes", value=120)
        await shop.settle()
        assert (await clocks(li, bo))["resolution"] == ("breached", 99)
        assert await AuditLine.filter(act="sla-changed").count() == 3


async def test_terms_changed_in_the_file_hold_from_the_next_start(tmp_path: Path) -> None:
    async with open_desk(settings=SETTINGS, folder=tmp_path) as office:
        await office.shop.customer("Mei").says("人工")
        li = await office.opens("li")
        await li.gets("/strip")
        number = await office.number("Mei")
    console = {"sla": {"first_minutes": 10, "spans": [{"opens": "13:00", "closes": "18:00"}]}}
    plugins = {**SETTINGS["plugins"], "console": console}
    later = START + timedelta(minutes=4)
    async with open_desk(settings={"plugins": plugins}, folder=tmp_path, start=later) as office:
        li = office.person("li", PASSWORD)
        await li.signs_in()
        assert await clocks(li, number) == {"first": ("running", 2 * 60 + 56 + 6)}
        (line,) = await AuditLine.filter(act="sla-changed")
        assert (line.who, line.data["open"], line.data["dropped"]) == ("settings", 2, 1)


async def test_only_those_hear_of_it_who_are_named() -> None:
    chiefs = {"channel": "shop", "conversation": "chiefs", "people": ["王姐"]}
    hears = [
        {"step": "amber", "what": ["next"], "staff": ["owner"]},
        {"step": "breach", "what": ["next"], "staff": ["owner", "supervisor"], "room": chiefs},
    ]
    given: dict[str, Any] = {"first_minutes": 60, "next_minutes": 10}
    given["hears"] = hears
    plugins = {**SETTINGS["plugins"], "console": {"sla": given}}
    async with open_desk(settings={"plugins": plugins}) as office:
        shop = office.shop
        li = await office.opens("li")
        await office.hires("chief", "supervisor")
        await office.hires("wang")
        mei = shop.customer("Mei")
        await mei.says("人工")
        number = await office.number("Mei")
        await li.says(number, "您好", take=True)
        await mei.says("衣服破了")
        await li.gets("/strip")
        told = len(shop.posts("staff-room"))
        for minutes, kind, wanted, posted in (
            (8.1, "sla.warned", ["li"], 0),
            (2, "sla.breached", ["chief", "li"], 1),
        ):
            await shop.advance(minutes=minutes)
            assert [event["to"] for event in await shop.events(kind)] == [wanted]
            assert len(shop.posts("chiefs")) == posted
        assert len(shop.posts("staff-room")) == told
