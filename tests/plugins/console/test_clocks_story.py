"""Promises of time in a running shop: warned at four fifths, told when broken, kept when kept."""

from __future__ import annotations

from tests.plugins.console.desk import open_desk

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
