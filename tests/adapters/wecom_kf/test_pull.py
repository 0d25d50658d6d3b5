"""``sync_msg``: pages, cursors and the platform's moods."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.parts import load
from core.store.models import ChannelNote, Contact
from core.testing import START
from tests.adapters.wecom_kf.town import caught_up, heard, town, until
from tests.standins.wecom import WeCom


def text(wecom: WeCom, words: str, **fields: object) -> dict[str, object]:
    return wecom.entry("wm1", "text", {"content": words}, **fields)


async def test_empty_pages_do_not_end_a_pull() -> None:
    async with town() as (shop, wecom):
        one, two = text(wecom, "one"), text(wecom, "two")
        wecom.pages += [[], [one], [], [], [one, two], []]
        await wecom.call_back()
        await caught_up(shop, wecom)
        assert [row.text for row in await heard()] == ["one", "two"]
        assert wecom.tokenless == 0
        assert wecom.most_parallel == 1


async def test_rewound_cursors_bring_nothing_twice() -> None:
    async with town() as (shop, wecom):
        wecom.pages += [[text(wecom, str(n))] for n in range(6)]
        wecom.rewinds = [0, 0, 0, 2, 0, 1]
        await wecom.call_back()
        await caught_up(shop, wecom)
        assert [row.text for row in await heard()] == [str(n) for n in range(6)]


async def test_a_cursor_that_never_moves_is_no_endless_loop() -> None:
    async with town() as (shop, wecom):
        wecom.pages += [[text(wecom, "one")], [text(wecom, "two")]]
        wecom.rewinds = [0] + [1] * 1000
        await wecom.call_back()
        await until(lambda: calls(wecom, 4))
        await shop.settle()
        assert wecom.calls["sync_msg"] < 8
        wecom.rewinds.clear()
        await shop.advance(seconds=3)
        await caught_up(shop, wecom)
        assert [row.text for row in await heard()] == ["one", "two"]


async def test_callbacks_in_the_middle_of_a_pull_are_not_lost() -> None:
    async with town() as (shop, wecom):
        for number in range(30):
            await wecom.tell(text(wecom, str(number)))
        await caught_up(shop, wecom)
        assert [row.text for row in await heard()] == [str(n) for n in range(30)]
        assert wecom.most_parallel == 1


async def test_the_first_start_leaves_old_messages_alone(tmp_path: Path) -> None:
    wecom = WeCom()
    await wecom.start()
    old = int((START - timedelta(hours=2)).timestamp())
    new = int((START - timedelta(minutes=2)).timestamp())
    wecom.pages.append([text(wecom, "old", send_time=old), text(wecom, "new", send_time=new)])
    async with town(folder=tmp_path, wecom=wecom, accounts=[wecom.account]) as (shop, _):
        await caught_up(shop, wecom)
        assert [row.text for row in await heard()] == ["new"]
    wecom.pages.append([text(wecom, "while away", send_time=old)])
    async with town(folder=tmp_path, wecom=wecom, accounts=[wecom.account]) as (shop, _):
        await caught_up(shop, wecom)
        assert [row.text for row in await heard()] == ["new", "while away"]
    await wecom.stop()


async def test_a_bad_pull_token_is_dropped() -> None:
    async with town() as (shop, wecom):
        await wecom.call_back()
        await caught_up(shop, wecom)
        wecom.pages.append([text(wecom, "hello")])
        wecom.fail("sync_msg", 95007)
        await wecom.call_back()
        await until(lambda: calls(wecom, 2))
        await shop.advance(seconds=2)
        await caught_up(shop, wecom)
        assert len(await heard()) == 1
        assert wecom.tokenless == 1


@pytest.mark.parametrize(("code", "seconds"), [(-1, 1), (45033, 10), (45009, 60), (60020, 300)])
async def test_a_refused_pull_waits_and_goes_on(code: int, seconds: int) -> None:
    async with town() as (shop, wecom):
        wecom.fail("sync_msg", code, times=2)
        await wecom.says("wm1", "hello")
        await until(lambda: calls(wecom, 1))
        await shop.advance(seconds=seconds - 0.5)
        assert wecom.calls["sync_msg"] == 1
        await shop.advance(seconds=1)
        await until(lambda: calls(wecom, 2))
        await shop.advance(seconds=max(seconds, 2) + 1)
        await caught_up(shop, wecom)
        assert len(await heard()) == 1
        told = await shop.events("kf.misconfigured")
        assert len(told) == (code == 60020)


async def test_a_broken_line_is_tried_again() -> None:
    async with town() as (shop, wecom):
        wecom.drop("sync_msg")
        wecom.break_http("sync_msg", 502)
        await wecom.says("wm1", "hello")
        await until(lambda: calls(wecom, 1))
        await shop.advance(seconds=1)
        await until(lambda: calls(wecom, 2))
        await shop.advance(seconds=2)
        await caught_up(shop, wecom)
        assert len(await heard()) == 1


async def test_without_callbacks_it_looks_now_and_then() -> None:
    async with town() as (shop, wecom):
        await wecom.says("wm1", "hello")
        await caught_up(shop, wecom)
        wecom.pages.append([text(wecom, "no callback for this one")])
        await shop.advance(minutes=9)
        assert len(await heard()) == 1
        await shop.advance(minutes=1)
        await caught_up(shop, wecom)
        assert len(await heard()) == 2
        assert wecom.tokenless == 1, "its token had died"


async def test_entries_that_make_no_sense_hold_up_nothing() -> None:
    async with town() as (shop, wecom):
        odd = [{}, {"msgid": 7}, {"msgid": "a", "msgtype": "text", "send_time": -1}, 5, None]
        nobody = wecom.event("", "enter_session")
        await wecom.tell(*odd, nobody, text(wecom, "hello"))  # pyright: ignore[reportArgumentType] - meant
        await caught_up(shop, wecom)
        assert [row.text for row in await heard()] == ["hello"]


async def test_customers_have_names_asked_for_once() -> None:
    async with town() as (shop, wecom):
        for number in range(150):
            wecom.customer(f"wm{number}")
        every = [wecom.entry(f"wm{n}", "text", {"content": "hello"}) for n in range(150)]
        await wecom.tell(*every)
        await caught_up(shop, wecom)
        await wecom.says("wm7", "again")
        await caught_up(shop, wecom)
        person = await Contact.get(union_id="u-wm7")
        assert (person.name, (await heard())[-1].author) == ("nick wm7", "nick wm7")
        assert wecom.calls["customer/batchget"] == 2


async def test_without_names_it_goes_on() -> None:
    async with town() as (shop, wecom):
        wecom.fail("customer/batchget", 48002)
        await wecom.says("wm1", "hello")
        await caught_up(shop, wecom)
        assert [row.author for row in await heard()] == [""]


async def test_the_cursor_follows_the_messages() -> None:
    async with town() as (shop, wecom):
        await wecom.says("wm1", "hello")
        await caught_up(shop, wecom)
        notes = {note.name: note.value for note in await ChannelNote.filter(channel="kf")}
        sealed = notes.pop("token")
        assert notes == {"cursor:wkAccount": "p1", "accounts": '["wkAccount"]'}
        assert wecom.tokens.current()[0] not in sealed


async def calls(wecom: WeCom, number: int) -> bool:
    return wecom.calls["sync_msg"] >= number


async def test_a_photo_of_a_customer_can_be_had() -> None:
    async with town() as (shop, wecom):
        wecom.media["M1"] = b"\xff\xd8\xff a broken jar"
        await wecom.tell(wecom.entry("wm1", "image", {"media_id": "M1"}))
        await caught_up(shop, wecom)
        (part,) = load((await heard())[0].parts)
        line = shop.app.lines.get("kf")
        assert line is not None
        wecom.tokens.expire()
        async with line.adapter.media(part) as media:
            assert b"".join([piece async for piece in media.chunks]) == wecom.media["M1"]
