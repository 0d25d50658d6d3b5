"""Who may sit at the live line, for how long, and what of what is told there is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from core.effects import Effects
from core.store.commit import by_hand
from core.store.models import JournalEntry
from core.store.sql import Work
from plugins.console import staff
from plugins.console.hub import ENDED, MOST_WAITING, TOO_SLOW, Seat
from plugins.console.roles import StaffRole, kinds_of
from tests.plugins.console.desk import LOST, Line, Office, Refused, open_desk

ROOM = {"channel": "shop", "conversation": "staff-room", "kind": "group"}
ALARM = {"name": "主管", "channel": "shop", "conversation": "chiefs", "kind": "group"}


async def orders_by_command(office: Office, login: str, **changes: Any) -> None:
    """What ``xiaoer desk user`` does in a process of its own: the desk's is told nothing."""
    shop = office.shop
    effects = Effects(shop.clock, shop.app.texts, "zh_CN")
    await staff.change(effects, login, changes, "cli:test")
    await shop.app.commit.write(effects, by_hand())


async def ended_with(line: Line) -> int:
    """The code with which the server closes a line."""
    while (message := await line.socket.receive(LOST)).type is WSMsgType.TEXT:
        pass
    return message.data


async def test_a_person_switched_off_by_command_kept_hearing_everything() -> None:
    async with open_desk() as office:
        await office.hires("boss", "admin")
        people = [await office.opens(name) for name in ("li", "wang", "zhao", "chen")]
        lines = [await person.listens() for person in people]
        await orders_by_command(office, "li", active=False)
        await orders_by_command(office, "wang", roles=["live"])
        await orders_by_command(office, "zhao", password="another one")
        assert [await ended_with(line) for line in lines[:3]] == [ENDED] * 3
        await office.shop.customer("Mei").says("在吗")
        await lines[3].message("在吗")


async def test_a_line_ends_with_the_hours_of_its_session() -> None:
    async with open_desk(settings={"plugins": {"console": {"session_hours": 1}}}) as office:
        li, wang = await office.opens("li"), await office.opens("wang")
        idle, busy = await li.listens(), await wang.listens()
        await office.shop.advance(minutes=50)
        await wang.gets("/session")
        await office.shop.advance(minutes=20)
        assert await ended_with(idle) == ENDED
        await office.shop.customer("Mei").says("在吗")
        await busy.message("在吗")


def test_a_page_too_slow_is_closed_and_hears_no_later_words_without_the_earlier() -> None:
    seat = Seat(1, "li", "Li", frozenset(), web.WebSocketResponse())
    for _ in range(MOST_WAITING + 5):
        seat.put(b"{}")
    seat.end(ENDED)
    waiting = [seat.frames.get_nowait() for _ in range(seat.frames.qsize())]
    assert waiting == [TOO_SLOW]


@pytest.mark.parametrize("role", ["community", "live", "agent"])
def test_why_a_compensation_was_refused_is_for_those_who_see_customers(role: StaffRole) -> None:
    refused = JournalEntry(kind="compensation.refused", conversation_id=None, data={"why": "..."})
    seat = Seat(1, "li", "Li", kinds_of([role]), web.WebSocketResponse())
    assert seat.may_hear(refused, None) is (role == "agent")


async def test_words_are_neither_lost_nor_doubled_where_telling_them_failed() -> None:
    async with open_desk() as office:
        li, mei = await office.opens("li"), office.shop.customer("Mei")
        line = await li.listens()
        await mei.says("一")
        await line.message("一")

        def rename(old: str, new: str) -> Work[None]:
            yield f"ALTER TABLE {old} RENAME TO {new}", ()

        write = office.shop.app.writer.run
        await write(lambda: rename("desk_staff", "desk_away"))  # names of staff cannot be read
        await mei.says("二")
        assert await ended_with(line) == TOO_SLOW
        await write(lambda: rename("desk_away", "desk_staff"))
        again = await li.listens(line.cursor)
        await again.until("replayed")
        await mei.says("三")
        await again.message("三")
        assert [word for word in again.said() if word in "一二三"] == ["二", "三"]


@pytest.mark.parametrize(
    ("plugins", "room"),
    [
        ({"handoff": {"staff": ROOM, "policy": "manual"}}, "staff-room"),
        ({"complaints": {"levels": [ALARM]}}, "chiefs"),
    ],
)
async def test_who_looks_after_groups_reads_no_notice_of_staff(
    plugins: Mapping[str, Any], room: str
) -> None:
    async with open_desk(settings={"plugins": plugins}) as office:
        shop, zhou = office.shop, await office.opens("zhou", "community", "supervisor")
        line = await zhou.listens()
        await shop.customer("Mei").says("我要投诉，转人工")
        assert shop.posts(room)
        await shop.member("Bo", room).says("看到了")
        await shop.member("Bo", "fans").says("大家好")
        await line.message("大家好")
        again = await zhou.listens("0.0")
        await again.until("replayed")
        number = await office.number(room)
        for heard in (line, again):
            about = {f["message"]["conversation"] for f in heard.heard if f["t"] == "message"}
            assert number not in about
            assert await office.number("fans") in about
            events = [f["event"] for f in heard.heard if f["t"] == "event"]
            assert number not in {event["conversation"] for event in events}
        for path in ("", "/messages", "/notes"):
            with pytest.raises(Refused, match="not-found"):
                await zhou.gets(f"/conversations/{number}{path}")
        with pytest.raises(Refused, match="not-found"):
            await zhou.says(number, "收到")
